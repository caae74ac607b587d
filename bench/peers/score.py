"""One peer scoring the rows of a table by a model in LightGBM's text format: one row at a time and all at once, on one thread."""

import ctypes
import importlib.metadata
import json
import os
import subprocess
import sys
import time

import numpy as np

from table import read_table

DOUBLES = ctypes.POINTER(ctypes.c_double)


def median(times):
    return sorted(times)[len(times) // 2]


def loops(folder):
    """The single-row loops in C."""
    library = os.path.join(folder, "single_row.so")
    source = os.path.join(os.path.dirname(__file__), "single_row.c")
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source], check=True)
    loaded = ctypes.CDLL(library)
    for name in ("time_lightgbm", "time_lleaves", "time_tl2cgen"):
        getattr(loaded, name).restype = ctypes.c_double
    return loaded


def in_c(function, first, x, passes):
    """Times one of the loops; `first` are the arguments that come before the rows."""
    out = np.zeros(len(x))
    rows = x.ctypes.data_as(DOUBLES)
    times = [function(*first, rows, len(x), x.shape[1], out.ctypes.data_as(DOUBLES)) for _ in range(passes)]
    return dict(rowNs=median(times), how="C loop"), out


def batch(predict, x, passes):
    times = []
    for _ in range(passes):
        began = time.perf_counter_ns()
        predict(x)
        times.append((time.perf_counter_ns() - began) / len(x))
    return median(times)


def lightgbm(given, x, single):
    import lightgbm as lgb
    from lightgbm.basic import _LIB

    booster = lgb.Booster(model_file=given["model"])
    config = ctypes.c_void_p()
    wanted = ctypes.c_int(0)
    status = _LIB.LGBM_BoosterPredictForMatSingleRowFastInit(
        booster._handle, wanted, ctypes.c_int(0), ctypes.c_int(-1), ctypes.c_int(1), ctypes.c_int32(x.shape[1]), b"num_threads=1",
        ctypes.byref(config),
    )
    if status != 0:
        raise RuntimeError("LGBM_BoosterPredictForMatSingleRowFastInit failed")
    call = ctypes.cast(_LIB.LGBM_BoosterPredictForMatSingleRowFast, ctypes.c_void_p)
    found, out = in_c(loops(given["folder"]).time_lightgbm, (call, config), single, given["passes"])
    return found, out, batch(lambda rows: booster.predict(rows, num_threads=1), x, given["passes"])


def lleaves(given, x, single):
    import lleaves

    model = lleaves.Model(model_file=given["model"])
    # Without blocks of trees: the setting that its makers advise for single rows.
    model.compile(fblocksize=model.num_trees())
    call = ctypes.cast(model._c_entry_func, ctypes.c_void_p)
    found, out = in_c(loops(given["folder"]).time_lleaves, (call,), single, given["passes"])
    blocks = lleaves.Model(model_file=given["model"])
    blocks.compile()
    return found, out, batch(lambda rows: blocks.predict(rows, n_jobs=1), x, given["passes"])


def tl2cgen(given, x, single):
    import tl2cgen
    import treelite

    library = os.path.join(given["folder"], "model.so")
    model = treelite.frontend.load_lightgbm_model(given["model"])
    tl2cgen.export_lib(model, toolchain="gcc", libpath=library, params={"parallel_comp": 8}, options=["-O2"], nthread=2)
    predictor = tl2cgen.Predictor(library, nthread=1)
    call = ctypes.cast(ctypes.CDLL(library).predict, ctypes.c_void_p)
    found, out = in_c(loops(given["folder"]).time_tl2cgen, (call,), single, given["passes"])
    matrix = tl2cgen.DMatrix(x)
    return found, out, batch(lambda _: predictor.predict(matrix), x, given["passes"])


def session_of(onnx_bytes):
    import onnxruntime

    how = onnxruntime.SessionOptions()
    how.intra_op_num_threads = how.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(onnx_bytes, how, providers=["CPUExecutionProvider"])


def onnxruntime(given, x, single):
    import lightgbm as lgb
    from onnx import TensorProto, helper
    from onnxmltools import convert_lightgbm
    from onnxmltools.convert.common.data_types import FloatTensorType

    booster = lgb.Booster(model_file=given["model"])
    shape = [("x", FloatTensorType([None, x.shape[1]]))]
    model = convert_lightgbm(booster, initial_types=shape, zipmap=False, target_opset=15)
    session = session_of(model.SerializeToString())
    output = session.get_outputs()[-1].name
    rows = [{"x": row[None, :]} for row in single.astype(np.float32)]

    def one_by_one(run, names):
        times = []
        for _ in range(given["passes"]):
            began = time.perf_counter_ns()
            for row in rows:
                run(names, row)
            times.append((time.perf_counter_ns() - began) / len(rows))
        return median(times)

    # What a call costs that does nothing: Python and the session around the trees.
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, x.shape[1]]) for name in ("x", "y")]
    nothing = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "nothing", ends[:1], ends[1:])
    empty = helper.make_model(nothing, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    callNs = one_by_one(session_of(empty.SerializeToString()).run, ["y"])
    found = dict(rowNs=one_by_one(session.run, [output]), callNs=callNs, how="Python loop")
    out = np.array([np.ravel(session.run([output], row)[0])[-1] for row in rows], dtype=np.float64)
    all_rows = {"x": x.astype(np.float32)}
    return found, out, batch(lambda _: session.run([output], all_rows), x, given["passes"])


def main(given):
    x, _ = read_table(given["table"])
    single = np.ascontiguousarray(x[: given["singleRows"]])
    libraries = dict(lightgbm=lightgbm, lleaves=lleaves, tl2cgen=tl2cgen, onnxruntime=onnxruntime)
    began = time.perf_counter()
    found, out, batchNs = libraries[given["library"]](given, x, single)
    seconds = time.perf_counter() - began
    out.tofile(given["out"])
    version = importlib.metadata.version(given["library"])
    print(json.dumps(dict(found, batchNs=batchNs, seconds=seconds, version=version)))


main(json.loads(sys.argv[1]))
