#!/bin/sh
# Runs the Python package's tests in an environment of its own (.venv), made at the first use. PYTHON chooses the
# interpreter; arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."

python=.venv/bin/python
$python -m pip --version >/dev/null 2>&1 || "${PYTHON:-python3}" -m venv --clear .venv
# Only what the tests use: the package itself is read from the source tree and needs nothing.
$python - <<'CHECK' || $python -m pip install -q --disable-pip-version-check -U pytest numpy Pillow tqdm mypy setuptools
import sys
from importlib.metadata import PackageNotFoundError, version

try:
    versions = {name: version(name) for name in ("pytest", "numpy", "Pillow", "tqdm", "mypy", "setuptools")}
except PackageNotFoundError:
    sys.exit(1)
sys.exit(int(versions["setuptools"].split(".")[0]) < 71)
CHECK
exec $python -m pytest -q Bindings/Python/tests "$@"
