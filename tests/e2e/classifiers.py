#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""End to end: ONNX to labels on real pictures, through the command that users run.

For each classifier and engine: plan, evaluate on the PoCL device beside the float model, compare with the plain
reference, and read the generated program with clang's OpenCL front end in the intel dialect.

Usage: classifiers.py SLUICE SOURCE_DIR CASE, CASE one of demo, resnet8, resnet20. The last two need the evaluation data
in $SLUICE_DATA and exit with 77 (skipped) without it.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SLUICE, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
CASE = sys.argv[3]
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
DATA = pathlib.Path(os.environ.get("SLUICE_DATA", "/nonexistent"))


def run(*arguments):
    done = subprocess.run([SLUICE, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"sluice {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done.stdout


def check(holds, what):
    print(("ok    " if holds else "FAIL  ") + what, flush=True)
    if not holds:
        check.failures += 1


check.failures = 0


def check_syntax(bundle):
    command = ["clang-14", "-x", "cl", "-cl-std=CL2.0", "-Xclang", "-finclude-default-header", "-fsyntax-only", "-Wall", "-Werror",
               "-Wno-unknown-attributes", "-Wno-unused-function", "-DSLUICE_DIALECT_INTEL", "-DSLUICE_SYNTAX_ONLY", f"-I{bundle}", bundle / "top.cl"]
    done = subprocess.run(command, capture_output=True, text=True)
    check(done.returncode == 0, f"intel dialect passes the OpenCL front end {done.stderr[:400]}")
    text = "".join(f.read_text() for f in [bundle / "top.cl", *sorted((bundle / "params").iterdir())])
    code = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", text)
    found = re.search(r"\b(for|while|do|if)\b|[-+*/%?<>=&|^~]", re.sub(r"(?m) -\d+ *$", "", code))
    check(found is None, f"no generated loop, condition or arithmetic {found.group() if found else ''}")


def classifier(model, plan, images, first, exact, float_top1, most_loss):
    for engine in ("auto", "dense", "activation_sparse"):
        scratch = pathlib.Path(tempfile.mkdtemp(prefix="sluice-e2e-"))
        try:
            bundle = scratch / "bundle"
            print(f"{model.name}, engine {engine}", flush=True)
            run("plan", model, *plan, "--engine", engine, "--held-out", 50, "-o", bundle)
            result = json.loads(run("eval", bundle, "--images", images, "--first", first, "--model", model,
                                    "--reference-images", exact if engine == "auto" else exact // 5, "--json"))
            top1, loss, same = result["float_top1"]["percent"], result["top1_loss_points"]["percent"], result["bit_exact"]
            check(abs(top1 - float_top1) < 0.35, f"float top-1 {top1:.2f} %, known {float_top1} %")
            check(loss <= most_loss, f"loss {loss:+.2f} points, at most {most_loss}")
            check(same["equal"] == same["images"] >= exact // 5, f"bit-exact on {same['equal']} of {same['images']}")
            check_syntax(bundle)
            if CASE == "demo" and engine == "auto":
                run("plan", model, *plan, "--engine", engine, "--held-out", 50, "-o", scratch / "again")
                names = ["design.json", "weights.bin", "table.json", "top.cl", "golden/golden.json"]
                check(all((bundle / n).read_bytes() == (scratch / "again" / n).read_bytes() for n in names), "a second plan is the same, byte for byte")
        finally:
            shutil.rmtree(scratch)


if CASE == "demo":
    example = SOURCE / "apps/examples/fashion_mnist"
    classifier(example / "resnet8_fashion_mnist.onnx",
               ["--calib", FASHION / "train-images-idx3-ubyte.gz", "--calib-images", 200, "--class-names", example / "class_names.txt",
                "--pixel-max", 1, "--mean", 0.2860, "--std", 0.3530],
               FASHION / "t10k-images-idx3-ubyte.gz", 0, 1000, 92.92, 0.5)  # 92.92: train.log, by PyTorch
elif not DATA.is_dir():
    print("skipped: SLUICE_DATA is not set to the folder of the evaluation data")
    sys.exit(77)
else:
    imagenet = ["--pixel-max", 1, "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225"]
    top1, pixels = (88.1, []) if CASE == "resnet8" else (91.5, imagenet)
    classifier(DATA / f"models/{CASE}_cifar10.onnx", ["--calib", DATA / "cifar10/calib2000.bin", *pixels],
               DATA / "cifar10/test1000.bin", 0, 100, top1, 1.0)
sys.exit(check.failures != 0)
