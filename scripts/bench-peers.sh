#!/usr/bin/env bash
# Sets up the peers that benchmarks are run beside, from their Python wheels, in an environment of their own: .peers/ in this folder.
# A peer that cannot be installed is named; its benchmarks then report it as not run.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x .peers/bin/python ] || python3 -m venv .peers
pip=(.peers/bin/pip install --quiet --disable-pip-version-check --only-binary :all:)
"${pip[@]}" numpy

# What is installed for each peer, and the module whose version tells that it works.
# lleaves builds its passes in a way that newer versions of llvmlite dropped.
peers=(
  'lightgbm|lightgbm'
  'xgboost|xgboost'
  'catboost|catboost'
  'scikit-learn|sklearn'
  'onnx onnxmltools skl2onnx|onnxmltools'
  'onnxruntime|onnxruntime'
  'treelite tl2cgen|tl2cgen'
  'llvmlite<0.45 lleaves|lleaves'
)
missing=()
for peer in "${peers[@]}"; do
  read -ra packages <<<"${peer%%|*}"
  module=${peer##*|}
  if "${pip[@]}" "${packages[@]}" && .peers/bin/python -W ignore - "$module" "${packages[@]}" <<'PYTHON'; then continue; fi
import importlib, importlib.metadata as metadata, sys
importlib.import_module(sys.argv[1])
names = (package.split("<")[0] for package in sys.argv[2:])
print(*(f"{name} {metadata.version(name)}" for name in names), sep="\n")
PYTHON
  missing+=("$module")
done
.peers/bin/python --version
if command -v cc >/dev/null; then cc --version | head -n 1; else missing+=('cc (tl2cgen compiles with it)'); fi
if [ ${#missing[@]} -gt 0 ]; then
  printf 'not installed: %s\n' "${missing[@]}" >&2
  exit 1
fi
