"""Where the files of the corpus lie for the tests of it."""

import pytest
from corpus.library import Library


@pytest.fixture(scope="session")
def library(tmp_path_factory) -> Library:
    return Library(tmp_path_factory.mktemp("corpus"))
