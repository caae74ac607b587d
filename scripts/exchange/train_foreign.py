"""Trains small models of many kinds with XGBoost and LightGBM and writes them, rows, and what they predict there, for check-imports.mjs."""

import json
import sys
from pathlib import Path

import numpy as np

out = Path(sys.argv[1])
libraries = sys.argv[2].split(",")
out.mkdir(parents=True, exist_ok=True)
cases = []


def table(rows, columns, seed, missing=0.1, categories=0):
    """Numbers on several scales, some of them missing; the last column holds codes where categories are asked for."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns)) * 10.0 ** rng.integers(-3, 4, size=columns)
    x[:, 1] = np.round(x[:, 1] / np.abs(x[:, 1]).max() * 5)
    signal = x[:, 0] / np.abs(x[:, 0]).max() * 3 + x[:, 1] / 5 + 0.3 * rng.normal(size=rows)
    if categories:
        x[:, -1] = rng.integers(0, categories, size=rows)
        signal = signal + np.sin(x[:, -1] * 2.1)
    if missing:
        x[rng.random(x.shape) < missing] = np.nan
    return x, signal


def targets(kind, signal):
    if kind == "binary":
        return (signal > 0.3).astype(float)
    if kind == "classes":
        return np.digitize(signal, [-0.5, 0.7]).astype(float)
    if kind == "counts":
        return np.floor(np.exp(np.clip(signal, -3, 3)))
    if kind == "positive":
        return np.exp(np.clip(signal, -3, 3)) + 0.1
    if kind == "relevance":
        return np.clip(np.digitize(signal, [-0.5, 0.3, 1]), 0, 3).astype(float)
    if kind == "shares":
        return 1 / (1 + np.exp(-signal))
    return 10 * signal + 3


def keep(name, files, rows, margins, predictions):
    folder = out / name
    folder.mkdir(exist_ok=True)
    np.ascontiguousarray(rows, dtype="<f8").tofile(folder / "rows.f64")
    np.ascontiguousarray(margins, dtype="<f8").tofile(folder / "margins.f64")
    np.ascontiguousarray(predictions, dtype="<f8").tofile(folder / "predictions.f64")
    cases.append({"name": name, "files": [str(f) for f in files], "rows": rows.shape[0], "columns": rows.shape[1]})


XGBOOST = {
    "regression": ("numbers", dict(objective="reg:squarederror"), {}),
    "binary": ("binary", dict(objective="binary:logistic"), {}),
    "binary-base": ("binary", dict(objective="binary:logistic", base_score=0.2), {}),
    "logitraw": ("binary", dict(objective="binary:logitraw"), {}),
    "hinge": ("binary", dict(objective="binary:hinge"), {}),
    "shares": ("shares", dict(objective="reg:logistic"), {}),
    "softprob": ("classes", dict(objective="multi:softprob", num_class=3), {}),
    "softmax": ("classes", dict(objective="multi:softmax", num_class=3), {}),
    "poisson": ("counts", dict(objective="count:poisson"), {}),
    "gamma": ("positive", dict(objective="reg:gamma"), {}),
    "tweedie": ("counts", dict(objective="reg:tweedie", tweedie_variance_power=1.3), {}),
    "absolute": ("numbers", dict(objective="reg:absoluteerror"), {}),
    "huber": ("numbers", dict(objective="reg:pseudohubererror"), {}),
    "squaredlog": ("positive", dict(objective="reg:squaredlogerror"), {}),
    "pairwise": ("relevance", dict(objective="rank:pairwise"), dict(groups=20)),
    "ndcg": ("relevance", dict(objective="rank:ndcg"), dict(groups=20)),
    "dart": ("numbers", dict(objective="reg:squarederror", booster="dart", rate_drop=0.3, seed=3), {}),
    "dart-binary": ("binary", dict(objective="binary:logistic", booster="dart", rate_drop=0.3, normalize_type="forest"), {}),
    "dart-classes": ("classes", dict(objective="multi:softprob", num_class=3, booster="dart", rate_drop=0.2), {}),
    "categories": ("numbers", dict(objective="reg:squarederror"), dict(categories=40)),
    "categories-onehot": ("binary", dict(objective="binary:logistic", max_cat_to_onehot=100), dict(categories=9)),
    "full": ("numbers", dict(objective="reg:squarederror"), dict(missing=0)),
    "one-tree": ("numbers", dict(objective="reg:squarederror"), dict(rounds=1)),
    "stump": ("binary", dict(objective="binary:logistic", max_depth=1), dict(rounds=1)),
    "single-leaf": ("numbers", dict(objective="reg:squarederror", gamma=1e12), dict(rounds=3)),
    "forest": ("binary", dict(objective="binary:logistic", num_parallel_tree=5, subsample=0.6, learning_rate=1.0), dict(rounds=2)),
    "lossguide": ("numbers", dict(objective="reg:squarederror", grow_policy="lossguide", max_leaves=31, max_depth=0), {}),
    "exact": ("numbers", dict(objective="reg:squarederror", tree_method="exact"), {}),
    "many": ("numbers", dict(objective="reg:squarederror", learning_rate=0.05), dict(rounds=300)),
}


def train_xgboost():
    import xgboost as xgb

    version = xgb.__version__
    for name, (kind, params, more) in XGBOOST.items():
        categories = more.get("categories", 0)
        x, signal = table(1500, 6, len(name), more.get("missing", 0.1), categories)
        types = ["q"] * 5 + ["c" if categories else "q"]
        y = targets(kind, signal)
        train = xgb.DMatrix(x, y, feature_types=types, enable_categorical=bool(categories))
        if "groups" in more:
            train.set_group([1500 // more["groups"]] * more["groups"])
        try:
            booster = xgb.train({"max_depth": 5, "tree_method": "hist", "nthread": 2, **params}, train, more.get("rounds", 30))
        except xgb.core.XGBoostError as error:
            print(f"xgboost {version} {name}: not trained ({str(error).splitlines()[0][:80]})")
            continue
        fresh, _ = table(700, 6, 1000 + len(name), more.get("missing", 0.1), categories + 3 if categories else 0)
        # Thresholds themselves and their neighbours, where rounding would show.
        fresh[:100] = x[:100]
        if "missing" in more:
            fresh[100:120, 2] = np.nan
        if categories:
            fresh[100:120, -1] = np.nan
        test = xgb.DMatrix(fresh, feature_types=types, enable_categorical=bool(categories))
        folder = out / f"xgboost-{version}-{name}"
        folder.mkdir(exist_ok=True)
        files = [folder / "model.json", folder / "model.ubj"]
        for file in files:
            booster.save_model(file)
        margins = booster.predict(test, output_margin=True)
        predictions = booster.predict(test)
        if params["objective"] == "multi:softmax":
            e = np.exp(margins.astype(float) - margins.max(axis=1, keepdims=True))
            predictions = e / e.sum(axis=1, keepdims=True)
        keep(folder.name, files, fresh, margins, predictions)


LIGHTGBM = {
    "regression": ("numbers", dict(objective="regression"), {}),
    "sqrt": ("numbers", dict(objective="regression", reg_sqrt=True), {}),
    "l1": ("numbers", dict(objective="regression_l1"), {}),
    "huber": ("numbers", dict(objective="huber"), {}),
    "fair": ("numbers", dict(objective="fair"), {}),
    "quantile": ("numbers", dict(objective="quantile", alpha=0.8), {}),
    "mape": ("positive", dict(objective="mape"), {}),
    "binary": ("binary", dict(objective="binary"), {}),
    "binary-sigmoid": ("binary", dict(objective="binary", sigmoid=0.5), {}),
    "multiclass": ("classes", dict(objective="multiclass", num_class=3), {}),
    "ova": ("classes", dict(objective="multiclassova", num_class=3), {}),
    "poisson": ("counts", dict(objective="poisson"), {}),
    "gamma": ("positive", dict(objective="gamma"), {}),
    "tweedie": ("counts", dict(objective="tweedie"), {}),
    "cross-entropy": ("shares", dict(objective="cross_entropy"), {}),
    "cross-entropy-lambda": ("shares", dict(objective="cross_entropy_lambda"), {}),
    "lambdarank": ("relevance", dict(objective="lambdarank"), dict(groups=20)),
    "dart": ("numbers", dict(objective="regression", boosting="dart", drop_rate=0.3), {}),
    "goss": ("numbers", dict(objective="regression", data_sample_strategy="goss"), {}),
    "forest": ("numbers", dict(objective="regression", boosting="rf", bagging_fraction=0.6, bagging_freq=1), {}),
    "forest-binary": ("binary", dict(objective="binary", boosting="rf", bagging_fraction=0.6, bagging_freq=1), {}),
    "categories": ("numbers", dict(objective="regression", min_data_per_group=5), dict(categories=70)),
    "categories-binary": ("binary", dict(objective="binary"), dict(categories=3)),
    "zero-missing": ("numbers", dict(objective="regression", zero_as_missing=True), {}),
    "full": ("numbers", dict(objective="regression"), dict(missing=0)),
    "ignored-missing": ("numbers", dict(objective="regression", use_missing=False), {}),
    "one-tree": ("numbers", dict(objective="regression"), dict(rounds=1)),
    "stump": ("binary", dict(objective="binary", num_leaves=2), dict(rounds=1)),
    "single-leaf": ("numbers", dict(objective="regression", min_gain_to_split=1e12), dict(rounds=3)),
    "quantized": ("numbers", dict(objective="regression", use_quantized_grad=True), {}),
    "many": ("numbers", dict(objective="regression", learning_rate=0.05), dict(rounds=300)),
}


def train_lightgbm():
    import lightgbm as lgb

    version = lgb.__version__
    for name, (kind, params, more) in LIGHTGBM.items():
        categories = more.get("categories", 0)
        x, signal = table(1500, 6, len(name) + 50, more.get("missing", 0.1), categories)
        y = targets(kind, signal)
        if "zero" in name:
            x[::5, 3] = 0
        group = [1500 // more["groups"]] * more["groups"] if "groups" in more else None
        data = lgb.Dataset(x, y, group=group, categorical_feature=[5] if categories else [], params={"verbose": -1})
        booster = lgb.train({"verbose": -1, "num_threads": 2, "num_leaves": 15, **params}, data, more.get("rounds", 30))
        fresh, _ = table(700, 6, 2000 + len(name), 0.1, categories + 10 if categories else 0)
        fresh[:100] = x[:100]
        if "zero" in name:
            fresh[::7, 3] = 0
        folder = out / f"lightgbm-{version}-{name}"
        folder.mkdir(exist_ok=True)
        file = folder / "model.txt"
        booster.save_model(file)
        predictions = booster.predict(fresh)
        # The raw score of an averaged forest is its sum; an imported one is averaged before the link.
        averaged = params.get("boosting") == "rf"
        raw = booster.predict(fresh, raw_score=True) / (booster.num_trees() if averaged else 1)
        keep(folder.name, [file], fresh, raw, predictions)
    x, signal = table(1500, 6, 7, 0)
    linear = lgb.train({"verbose": -1, "linear_tree": True}, lgb.Dataset(x, signal, params={"verbose": -1, "linear_tree": True}), 3)
    (out / "refused").mkdir(exist_ok=True)
    linear.save_model(out / "refused" / "linear-tree.txt")


if "xgboost" in libraries:
    train_xgboost()
if "lightgbm" in libraries:
    train_lightgbm()
index = out / "cases.json"
known = json.loads(index.read_text()) if index.exists() else []
names = {case["name"] for case in cases}
index.write_text(json.dumps([case for case in known if case["name"] not in names] + cases))
print(f"{len(cases)} models trained")
