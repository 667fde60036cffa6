#!/bin/sh
# Runs what README.md shows: every ```c block is compiled without a warning, every ```python block is run, and so are
# the `livephoto` lines of ```sh blocks, in a folder that holds the example photos.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
[ -x "$python" ] || python=python3
exec "$python" scripts/test_readme.py
