#!/usr/bin/env bash
# Sets up the peers that benchmarks are run beside, from their Python wheels, in an environment of their own: .peers/ in this folder.
set -euo pipefail
cd "$(dirname "$0")/.."
python3 -m venv .peers
.peers/bin/pip install --quiet --disable-pip-version-check lightgbm numpy
.peers/bin/python -c 'import lightgbm; print("lightgbm", lightgbm.__version__)'
