import pytest
from pipelines.stage import Stage


@pytest.fixture
def stage(tmp_path) -> Stage:
    return Stage(tmp_path)
