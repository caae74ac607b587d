#!/usr/bin/env bash
# Checks import and export of models against the libraries themselves: XGBoost, LightGBM and onnxruntime, from their Python wheels in
# .peers/. Older versions of XGBoost are added by XGBOOST_VERSIONS="1.7.6 2.1.4".
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x .peers/bin/python ] || python3 -m venv .peers
pip=(.peers/bin/pip install --quiet --disable-pip-version-check --only-binary :all:)
.peers/bin/python -c 'import lightgbm, numpy, onnx, onnxruntime, scipy, xgboost' 2>/dev/null ||
  "${pip[@]}" lightgbm numpy onnx onnxruntime scipy xgboost
node scripts/build.mjs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

.peers/bin/python -W ignore scripts/exchange/train_foreign.py "$work" xgboost,lightgbm
for version in ${XGBOOST_VERSIONS:-}; do
  [ -d ".peers/xgboost-$version" ] || "${pip[@]}" --no-deps --target ".peers/xgboost-$version" "xgboost==$version"
  PYTHONPATH=".peers/xgboost-$version" .peers/bin/python -W ignore scripts/exchange/train_foreign.py "$work" xgboost
done
failed=0
node scripts/exchange/check-imports.mjs "$work" || failed=1
node scripts/exchange/write-exports.mjs "$work"
.peers/bin/python -W ignore scripts/exchange/check_exports.py "$work" || failed=1
exit $failed
