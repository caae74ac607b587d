"""Predictions out of fold of one library at its defaults, categorical columns as its own categories."""

import json
import sys

import numpy as np

from table import read_table


def lightgbm(task, categorical, threads):
    from lightgbm import LGBMClassifier, LGBMRegressor

    model = (LGBMRegressor if task == "regression" else LGBMClassifier)(n_jobs=threads, verbose=-1)
    return lambda x, y: model.fit(x, y, categorical_feature=categorical or "auto")


def xgboost(task, categorical, threads):
    from xgboost import XGBClassifier, XGBRegressor

    def fit(x, y):
        types = ["c" if j in categorical else "q" for j in range(x.shape[1])]
        model = (XGBRegressor if task == "regression" else XGBClassifier)(
            n_jobs=threads, enable_categorical=True, feature_types=types
        )
        return model.fit(x, y)

    return fit


def catboost(task, categorical, threads):
    from catboost import CatBoostClassifier, CatBoostRegressor

    def fit(x, y):
        model = (CatBoostRegressor if task == "regression" else CatBoostClassifier)(
            thread_count=threads, verbose=0, allow_writing_files=False, cat_features=categorical
        )
        return model.fit(as_texts(x, categorical), y)

    return fit


def as_texts(x, categorical):
    """CatBoost takes categories as texts or whole numbers, in a column of their own kind."""
    import pandas

    frame = pandas.DataFrame({j: x[:, j] for j in range(x.shape[1])})
    for j in categorical:
        frame[j] = [f"c{int(value)}" if value == value else "missing" for value in x[:, j]]
    return frame


def main(given):
    x, y = read_table(given["table"])
    folds = np.fromfile(given["folds"], dtype=np.int32)
    task, library, classes = given["task"], given["library"], given["classes"]
    categorical = given["table"]["categorical"]
    out = np.zeros((len(y), classes if task == "multiclass" else 1))
    labels = y if task == "regression" else y.astype(int)
    for fold in range(folds.max() + 1):
        learn, test = folds != fold, folds == fold
        make = {"lightgbm": lightgbm, "xgboost": xgboost, "catboost": catboost}[library]
        model = make(task, categorical, given["threads"])(x[learn], labels[learn])
        rows = as_texts(x[test], categorical) if library == "catboost" else x[test]
        if task == "regression":
            out[test, 0] = model.predict(rows)
        elif task == "binary":
            out[test, 0] = model.predict_proba(rows)[:, 1]
        else:
            out[np.ix_(test, model.classes_)] = model.predict_proba(rows)
    out.tofile(given["out"])
    print(json.dumps({"version": __import__(library).__version__}))


main(json.loads(sys.argv[1]))
