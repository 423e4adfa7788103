#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The evaluation models, as imported and in normal form, against ONNX Runtime: largest difference of the scores.

    compare_onnxruntime.py FLOAT_SCORES [MODEL[:SHAPE] ...]

Without models it takes those of $SLUICE_DATA. Exits 77 (skipped) where onnxruntime or the data is absent. The picture is
seeded noise in the range the network was trained on; fp16 models are computed in fp16 there and in fp32 here.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy
    import onnxruntime
except ImportError as missing:
    print(f"skipped: {missing}; pip install onnxruntime numpy")
    sys.exit(77)

# Model, pixel range, allowed difference relative to the largest score.
MODELS = [("mnist.onnx", (0, 255), 1e-5), ("resnet8_cifar10.onnx", (0, 255), 1e-5), ("resnet20_cifar10.onnx", (-2, 2), 1e-5),
          ("squeezenet1.1_fp16.onnx", (-120, 130), 1e-2), ("mobilenet_v1_0.25_224.onnx", (-1, 1), 1e-5),
          ("mobilenet_v2_1.0_224.onnx", (-1, 1), 1e-5), ("textline_mobilenetv3s_0.35.onnx:1x3x48x192", (-1, 1), 1e-5)]


def compare(tool, file, shape, low_high, folder):
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    source = session.get_inputs()[0]
    dims = [int(d) for d in shape.split("x")] if shape else [d if isinstance(d, int) and d > 0 else 1 for d in source.shape]
    picture = numpy.random.default_rng(1).uniform(*low_high, dims).astype(numpy.float32)
    picture.tofile(folder / "in")
    fed = picture.astype(numpy.float16) if "float16" in source.type else picture
    expected = session.run(None, {source.name: fed})[0].astype(numpy.float32).ravel()
    subprocess.run([tool, file, folder / "in", folder / "out", "x".join(map(str, dims))], check=True, stdout=subprocess.DEVNULL)
    imported, normal = numpy.fromfile(folder / "out", numpy.float32).reshape(2, -1)
    unit = abs(expected).max()
    return abs(imported - expected).max() / unit, abs(normal - expected).max() / unit


def main():
    tool = sys.argv[1]
    models = [(m, (-1, 1), 1e-4) for m in sys.argv[2:]]
    if not models:
        if "SLUICE_DATA" not in os.environ:
            print("skipped: SLUICE_DATA is not set")
            sys.exit(77)
        models = [(str(pathlib.Path(os.environ["SLUICE_DATA"]) / "models" / m), r, t) for m, r, t in MODELS]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for model, low_high, allowed in models:
            file, _, shape = model.partition(":")
            imported, normal = compare(tool, file, shape, low_high, pathlib.Path(folder))
            failed += not max(imported, normal) <= allowed
            print(f"{pathlib.Path(file).name}: largest difference {imported:.1e} as imported, {normal:.1e} in normal form (allowed {allowed:.0e})")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
