# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime's rate on a model, float and int8, as one line of JSON; `sluice bench` runs it (see baselines.hpp).

    python -c <this text> TASK.json

The task names: model, pictures (file of float32, picture after picture), shape of one, batches, seconds, threads (0: ONNX
Runtime's own choice), is_latency (each call is timed), scratch (folder that may be written). int8 u8 and int8 s8: by the sign
of activations; weights are signed. Everything else is as ONNX Runtime sets it. The model's first dimension is opened where it is fixed, because a batch is what a user would send.
"""
import json
import pathlib
import sys
import time

PROBE_SECONDS = 0.5  # for each batch size, before the best one is measured
CALIBRATION_PICTURES = 32


def sentence(problem):
    return " ".join(f"{type(problem).__name__}: {problem}".split())[:300]


def with_open_batch(task):
    """The model with any number of pictures at once, and its input's name."""
    import onnx
    model = onnx.load(task["model"])
    weights = {tensor.name for tensor in model.graph.initializer}
    (picture,) = [value for value in model.graph.input if value.name not in weights]
    for value in (picture, *model.graph.output):
        dims = value.type.tensor_type.shape.dim
        if dims:
            dims[0].dim_param = "batch"
    for dim, size in zip(picture.type.tensor_type.shape.dim[1:], task["shape"]):
        dim.dim_value = size
    del model.graph.value_info[:]  # they name the old size
    file = pathlib.Path(task["scratch"]) / "float.onnx"
    onnx.save(model, file)
    return file, picture.name


def quantised(task, file, name, pictures, activations):
    import logging
    import onnxruntime.quantization as q
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Pictures(q.CalibrationDataReader):
        def __init__(self):
            self.left = iter(pictures[:CALIBRATION_PICTURES])

        def get_next(self):
            picture = next(self.left, None)
            return None if picture is None else {name: picture[None]}

    logging.disable(logging.WARNING)
    folder = pathlib.Path(task["scratch"])
    prepared, out = folder / "prepared.onnx", folder / f"{activations}.onnx"
    quant_pre_process(str(file), str(prepared), skip_symbolic_shape=True)
    q.quantize_static(str(prepared), str(out), Pictures(), quant_format=q.QuantFormat.QDQ, per_channel=True,
                      activation_type=q.QuantType[activations], weight_type=q.QuantType.QInt8)
    return out


def best(session, name, pictures, task):
    """Measures the best batch size."""
    import numpy

    def calls(batch, seconds):
        fed = {name: numpy.resize(pictures, (batch, *pictures.shape[1:]))}
        session.run(None, fed)
        latencies, begin, used = [], time.perf_counter(), time.process_time()
        while True:
            sent = time.perf_counter()
            session.run(None, fed)
            done = time.perf_counter()
            latencies.append(round(1e9 * (done - sent)))
            if done - begin >= seconds:
                return {"batch": batch, "images": batch * len(latencies), "queries": len(latencies), "seconds": done - begin,
                        "processor_seconds": time.process_time() - used, "latencies_ns": latencies if task["is_latency"] else []}

    batches = task["batches"]
    if len(batches) > 1:
        probes = [calls(batch, min(PROBE_SECONDS, task["seconds"])) for batch in batches]
        batches = [max(probes, key=lambda probe: probe["images"] / probe["seconds"])["batch"]]
    return calls(batches[0], task["seconds"])


def classes(session, name, pictures):
    import numpy
    return [int(numpy.argmax(session.run(None, {name: picture[None]})[0])) for picture in pictures]


def main():
    task = json.loads(pathlib.Path(sys.argv[1]).read_text())
    try:
        import numpy
        import onnxruntime
    except ImportError as missing:
        return {"version": "", "forms": [{"form": "float", "missing": sentence(missing)}]}
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if task["threads"]:
        options.intra_op_num_threads = task["threads"]
    pictures = numpy.fromfile(task["pictures"], numpy.float32).reshape(-1, *task["shape"])
    forms = []

    def measure(form, file, name):
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        is_half = session.get_inputs()[0].type == "tensor(float16)"
        fed = pictures.astype(numpy.float16) if is_half else pictures
        forms.append({"form": form, "classes": classes(session, name, fed), **best(session, name, fed, task)})

    try:
        file, name = with_open_batch(task)
        measure("float", file, name)
    except Exception as problem:
        forms.append({"form": "float", "missing": sentence(problem)})
        return {"version": onnxruntime.__version__, "forms": forms}
    for activations, words in (("QUInt8", "int8 u8"), ("QInt8", "int8 s8")):
        try:
            measure(words, quantised(task, file, name, pictures, activations), name)
        except Exception as problem:
            forms.append({"form": words, "missing": sentence(problem)})
    return {"version": onnxruntime.__version__, "forms": forms}


print("\nresult " + json.dumps(main()))
