"""Loads the files that write-exports.mjs wrote with the libraries they are for, and compares predictions."""

import json
import sys
from pathlib import Path

import lightgbm as lgb
import numpy as np
import onnx
import onnxruntime as ort
import xgboost as xgb

folder = Path(sys.argv[1])
LIMITS = {"lightgbm": 1e-9, "xgboost": 1e-5, "onnx": 1e-5}
failures = 0


def lightgbm(file, rows, case):
    return lgb.Booster(model_file=file).predict(rows)


def xgboost(file, rows, case):
    booster = xgb.Booster(model_file=file)
    types = booster.feature_types
    names = [f"f{j}" for j in range(case["columns"])]
    assert booster.feature_names == names, booster.feature_names
    return booster.predict(xgb.DMatrix(rows, feature_names=names, feature_types=types, enable_categorical=True))


def onnxruntime(file, rows, case):
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    names = json.loads({entry.key: entry.value for entry in model.metadata_props}["inputs"])
    assert names == [f"f{j}" for j in range(case["columns"])], names
    session = ort.InferenceSession(file, providers=["CPUExecutionProvider"])
    kind = "prediction" if case["task"] == "regression" else "probabilities"
    batch = session.run([kind], {"inputs": rows.astype(np.float32)})[0]
    for i in range(0, len(rows), 97):
        one = session.run([kind], {"inputs": rows[i : i + 1].astype(np.float32)})[0]
        assert np.abs(one[0] - batch[i]).max() <= 1e-5 * max(1, np.abs(batch[i]).max()), (one, batch[i])
    if kind == "probabilities":
        label = session.run(["label"], {"inputs": rows.astype(np.float32)})[0]
        expected = batch.argmax(axis=1) if case["outputs"] > 1 else (batch[:, 1] >= 0.5).astype(int)
        assert (label == expected).all()
    return batch[:, 1] if kind == "probabilities" and case["outputs"] == 1 else batch


READERS = {"lightgbm": lightgbm, "xgboost": xgboost, "onnx": onnxruntime}
for case in json.loads((folder / "exports.json").read_text()):
    home = folder / case["id"]
    rows = np.fromfile(home / "rows.f64").reshape(-1, case["columns"])
    outputs = np.fromfile(home / "outputs.f64").reshape(len(rows), -1)
    for name, file in case["files"].items():
        found = np.asarray(READERS[name](file, rows, case), dtype=float).reshape(outputs.shape)
        away = float((np.abs(found - outputs) / np.maximum(1, np.abs(outputs))).max())
        fine = away <= max(LIMITS[name], case["limit"])
        failures += not fine
        print(f"{'ok  ' if fine else 'FAIL'} {case['id']} as {name}: {away:.1e}")
    for name in READERS:
        if name not in case["files"]:
            print(f"     {case['id']} as {name}: refused")
sys.exit(1 if failures else 0)
