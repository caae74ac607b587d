"""One fit of a peer: seconds with binning, peak of memory, predictions of the test rows."""

import json
import resource
import sys
import time

import numpy as np

from table import read_table


def lightgbm(x, y, categorical, params, threads):
    import lightgbm as lgb

    given = dict(
        objective="binary",
        num_leaves=params["leaves"],
        learning_rate=params["learningRate"],
        min_data_in_leaf=params["minRows"],
        num_threads=threads,
        verbose=-1,
        seed=1,
    )
    began = time.perf_counter()
    model = lgb.train(given, lgb.Dataset(x, y, categorical_feature=categorical or "auto"), params["rounds"])
    return time.perf_counter() - began, lambda rows: model.predict(rows, num_threads=threads)


def xgboost(x, y, categorical, params, threads):
    import xgboost as xgb

    types = ["c" if j in categorical else "q" for j in range(x.shape[1])]
    given = dict(
        objective="binary:logistic",
        tree_method="hist",
        grow_policy="lossguide",
        max_depth=0,
        max_leaves=params["leaves"],
        max_bin=256,
        eta=params["learningRate"],
        nthread=threads,
        seed=1,
    )
    how = dict(feature_types=types, enable_categorical=True, nthread=threads)
    began = time.perf_counter()
    model = xgb.train(given, xgb.QuantileDMatrix(x, y, max_bin=256, **how), params["rounds"])
    return time.perf_counter() - began, lambda rows: model.predict(xgb.DMatrix(rows, **how))


def main(given):
    table = given["train"]
    x, y = read_table(table)
    fit = {"lightgbm": lightgbm, "xgboost": xgboost}[given["library"]]
    # What a library loads and starts once is not part of the fit.
    fit(x[:1000].copy(), y[:1000], table["categorical"], {**given["params"], "rounds": 1}, given["threads"])
    seconds, predict = fit(x, y, table["categorical"], given["params"], given["threads"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    np.asarray(predict(read_table(given["test"])[0]), dtype=np.float64).tofile(given["out"])
    print(json.dumps(dict(seconds=seconds, peakBytes=peak, version=__import__(given["library"]).__version__)))


main(json.loads(sys.argv[1]))
