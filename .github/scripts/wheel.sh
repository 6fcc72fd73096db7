#!/usr/bin/env bash
# Put the wheel in the place of the editable installation: a file that it lacks is missed by whatever runs next.
set -euo pipefail

make .venv/.ready .venv-aws/.ready
rm -rf build/dist
.venv/bin/python -c 'from setuptools import build_meta; build_meta.build_wheel("build/dist")' >/dev/null
if command -v uv >/dev/null; then
    uv pip install --quiet --python .venv/bin/python --no-deps --no-index --reinstall build/dist/*.whl
else
    .venv/bin/python -m pip install --quiet --no-deps --no-index --force-reinstall build/dist/*.whl
fi
cd /
where=$("$OLDPWD/.venv/bin/python" -c 'import worker; print(worker.__file__)')
[[ $where == *site-packages* ]] || { echo "the tree is installed, not the wheel: $where" >&2; exit 1; }
