"""Writes the small models in src/models/exchange/testing/files with the libraries that are installed, each with rows and what it predicts."""

import json
import sys
from pathlib import Path

import numpy as np

out = Path(__file__).resolve().parents[2] / "src/models/exchange/testing/files"
rng = np.random.default_rng(5)
x = np.round(rng.normal(size=(300, 3)), 2)
x[:, 2] = rng.integers(0, 40, size=300)
signal = x[:, 0] + np.sin(x[:, 2]) + 0.2 * x[:, 1]
x[rng.random(x.shape) < 0.1] = np.nan
rows = x[:40]


def plain(array):
    return [[None if np.isnan(v) else float(v) for v in row] for row in array]


def keep(name, file, margins):
    expected = {"rows": plain(rows), "scores": np.asarray(margins, dtype=float).reshape(len(rows), -1).tolist()}
    (out / f"{name}.expected.json").write_text(json.dumps(expected) + "\n")


if sys.argv[1] == "xgboost":
    import xgboost as xgb

    dart = {"booster": "dart", "rate_drop": 0.4, "seed": 2}
    kinds = {
        "binary": (signal > 0, {"objective": "binary:logistic"}),
        "classes": (np.digitize(signal, [-0.7, 0.7]), {"objective": "multi:softprob", "num_class": 3, **dart}),
    }
    for kind, (y, params) in kinds.items():
        categories = kind == "binary"
        types = ["q", "q", "c" if categories else "q"]
        train = xgb.DMatrix(x, y, feature_types=types, feature_names=["a", "b", "c"], enable_categorical=categories)
        booster = xgb.train({"max_depth": 3, "tree_method": "hist", "nthread": 1, **params}, train, 3)
        test = xgb.DMatrix(rows, feature_types=types, feature_names=["a", "b", "c"], enable_categorical=categories)
        name = f"xgboost-{xgb.__version__}-{kind}.{'ubj' if categories else 'json'}"
        booster.save_model(out / name)
        keep(name, out / name, booster.predict(test, output_margin=True))
else:
    import lightgbm as lgb

    params = {"verbose": -1, "num_leaves": 6, "objective": "poisson", "zero_as_missing": True, "min_data_per_group": 5}
    data = lgb.Dataset(x, np.floor(np.exp(signal)), categorical_feature=[2], feature_name=["a", "b", "c"])
    booster = lgb.train(params, data, 3)
    name = f"lightgbm-{lgb.__version__}-poisson.txt"
    booster.save_model(out / name)
    keep(name, out / name, booster.predict(rows, raw_score=True))
