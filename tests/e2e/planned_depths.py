#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whole classifiers on the threads device: the planned depths never deadlock, and every score is the reference's.

By hand (./run prove-depths), because it takes minutes. For each model and engine: plan, then eval on the threads device,
which runs the text that goes to aoc with queues of exactly the planned depths. A deadlock would end it with the story of
who waits for whom.

Usage: planned_depths.py SLUICE SOURCE_DIR [MODEL]... Models but demo need the evaluation data in $SLUICE_DATA.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

SLUICE, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
DATA = pathlib.Path(os.environ.get("SLUICE_DATA", "/nonexistent"))
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
CIFAR = [DATA / "cifar10/calib2000.bin"], DATA / "cifar10/test1000.bin"
PHOTOS = [DATA / "imagenet1000"], DATA / "imagenet1000"
IMAGENET = ["--pixel-max", 1, "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225"]
HALF = ["--pixel-max", 1, "--mean", "0.5", "--std", "0.5"]

# model file, calibration and test pictures, options of plan, pictures to run
MODELS = {
    "demo": (SOURCE / "apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx", [FASHION / "train-images-idx3-ubyte.gz"],
             FASHION / "t10k-images-idx3-ubyte.gz", ["--pixel-max", 1, "--mean", 0.2860, "--std", 0.3530], 20),
    "resnet8": (DATA / "models/resnet8_cifar10.onnx", *CIFAR, [], 10),
    "resnet20": (DATA / "models/resnet20_cifar10.onnx", *CIFAR, IMAGENET, 4),
    "textline": (DATA / "models/textline_mobilenetv3s_0.35.onnx", *PHOTOS, ["--input-shape", "1x3x48x192", "--bgr", *HALF], 10),
    "squeezenet": (DATA / "models/squeezenet1.1_fp16.onnx", *PHOTOS, ["--bgr", "--mean", "104,117,123"], 2),
    "mobilenet_v1": (DATA / "models/mobilenet_v1_0.25_224.onnx", *PHOTOS, HALF, 4),
    "mobilenet_v2": (DATA / "models/mobilenet_v2_1.0_224.onnx", *PHOTOS, HALF, 2),
}


def run(*arguments):
    done = subprocess.run([SLUICE, *map(str, arguments), "--quiet"], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"sluice {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done.stdout


failures = 0
for name in sys.argv[3:] or MODELS:
    model, calibration, images, options, first = MODELS[name]
    if not model.exists():
        print(f"skipped {name}: no {model.name} (SLUICE_DATA is the folder of the evaluation data)", flush=True)
        continue
    for engine in ("dense", "activation_sparse", "weight_sparse", "grouped_prefix", "pair_sparse"):
        with tempfile.TemporaryDirectory(prefix="sluice-depths-") as scratch:
            bundle = pathlib.Path(scratch) / "bundle"
            start = time.monotonic()
            try:
                run("plan", model, "--calib", *calibration, "--calib-images", 20, "--held-out", 10, *options, "--engine", engine, "-o", bundle)
                planned = time.monotonic()
                if images.is_dir():  # eval wants labels; which ones does not matter here
                    files = sorted(f for f in images.rglob("*") if f.suffix.lower() in (".jpg", ".jpeg", ".png"))[:first]
                    listed = pathlib.Path(scratch) / "pictures.txt"
                    listed.write_text("".join(f"{f} 0\n" for f in files))
                else:
                    listed = images
                result = json.loads(run("eval", bundle, "--images", listed, "--first", first, "--reference-images", first, "--device", "threads", "--json"))
                same, kernels = result["bit_exact"], len(list((bundle / "params").iterdir()))
                is_right = same["equal"] == same["images"] == first
                failures += not is_right
                print(f"{'ok   ' if is_right else 'FAIL '} {name}, {engine}: {kernels} kernels, bit-exact on {same['equal']} of {same['images']}, "
                      f"{planned - start:.0f} s to plan, {time.monotonic() - planned:.0f} s to compile, run and compare", flush=True)
            except RuntimeError as problem:
                failures += 1
                print(f"FAIL  {name}, {engine}: {problem}", flush=True)
sys.exit(failures != 0)
