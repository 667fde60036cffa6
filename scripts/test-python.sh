#!/bin/sh
# Runs the tests of the Python package in a virtual environment of its own (.venv), on the library in build/lib.
# Where the package index cannot be reached, the system's packages serve, if they are enough.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
wanted=$(cksum scripts/requirements-test.txt)

if [ "$(cat .venv/requirements.cksum 2>/dev/null || true)" != "$wanted" ]; then
    rm -rf .venv
    "${PYTHON:-python3}" -m venv --system-site-packages .venv
    if "$python" -m pip install --quiet --disable-pip-version-check -r scripts/requirements-test.txt; then
        echo "$wanted" >.venv/requirements.cksum
    elif "$python" -c 'import numpy, PIL, pytest, tqdm' 2>/dev/null; then
        echo "the package index cannot be reached: testing with the system's packages" >&2
    else
        echo "numpy, pillow, pytest and tqdm are needed: the package index cannot be reached and they are not installed" >&2
        exit 1
    fi
fi
export LIVEPHOTO_LIB="$PWD/build/lib"
exec "$python" -m pytest -q Bindings/Python/tests "$@"
