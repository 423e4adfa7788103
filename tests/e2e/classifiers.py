#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""End to end: ONNX to labels on real pictures, through the command that users run.

For each classifier and engine: plan, evaluate on the PoCL device beside the float model, compare with the plain
reference, and read the generated program with clang's OpenCL front end in the intel dialect.

Usage: classifiers.py SLUICE SOURCE_DIR CASE, CASE demo or a name of models.py. All but demo need the evaluation data in
$SLUICE_DATA and exit with 77 (skipped) without it.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from models import DATA, FASHION, Runner, models

SLUICE, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
CASE = sys.argv[3]


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
    lines = len((bundle / "top.cl").read_text().splitlines())
    check(lines < 300, f"the top file has {lines} lines, under 300 can be read")
    text = "".join(f.read_text() for f in [bundle / "top.cl", *sorted((bundle / "params").iterdir())])
    code = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", text)
    found = re.search(r"\b(for|while|do|if)\b|[-+*/%?<>=&|^~]", re.sub(r"(?m) -\d+ *$", "", code))
    check(found is None, f"no generated loop, condition or arithmetic {found.group() if found else ''}")


def evaluated(bundle, model, images, *more):
    result = json.loads(run("eval", bundle, "--images", *images, "--model", model, "--device", "pocl", *more, "--json"))
    return result, {execution["name"]: execution for execution in result["executions"]}


def check_exact(result):
    for who in ("with_reference", "with_integer"):
        same = result["bit_exact"][who]
        check(same["equal"] == same["images"] > 0, f"bit-exact {who} on {same['equal']} of {same['images']}")


def check_loss(executions, most_loss):
    loss = executions["integer"]["top1_loss_points"]["percent"]
    check(loss <= most_loss + 1e-9, f"loss {loss:+.2f} points on {executions['integer']['images']} pictures, at most {most_loss}")


def demo():
    """The demo's network with every engine; planned twice, it is the same."""
    example = SOURCE / "apps/examples/fashion_mnist"
    model = example / "resnet8_fashion_mnist.onnx"
    plan = ["--calib", FASHION / "train-images-idx3-ubyte.gz", "--calib-images", 200, "--class-names", example / "class_names.txt",
            "--pixel-max", 1, "--mean", 0.2860, "--std", 0.3530]
    for engine in ("auto", "dense", "activation_sparse"):
        with tempfile.TemporaryDirectory(prefix="sluice-e2e-") as scratch:
            bundle = pathlib.Path(scratch) / "bundle"
            print(f"{model.name}, engine {engine}", flush=True)
            run("plan", model, *plan, "--engine", engine, "--held-out", 50, "-o", bundle)
            # Row 0 is the same integer network whatever the engines: all pictures for one of them, for the others whether it is.
            more = ["--rows", "--reference-images", 1000] if engine == "auto" else ["--reference-images", 200, "--first", 2000]
            result, executions = evaluated(bundle, model, [FASHION / "t10k-images-idx3-ubyte.gz"], *more)
            check_exact(result)
            check_syntax(bundle)
            if engine != "auto":
                continue
            top1 = executions["float"]["top1"]["percent"]
            check(abs(top1 - 92.92) < 0.35, f"float top-1 {top1:.2f} %, known 92.92 %")  # train.log, by PyTorch
            check_loss(executions, 0.5)
            check(set(executions) >= {"row 1", "row 2", "row 3"}, "rows of the table are evaluated")
            again = pathlib.Path(scratch) / "again"
            run("plan", model, *plan, "--engine", engine, "--held-out", 50, "-o", again)
            names = ["design.json", "weights.bin", "table.json", "top.cl", "golden/golden.json"]
            check(all((bundle / n).read_bytes() == (again / n).read_bytes() for n in names), "a second plan is the same, byte for byte")


def check_layers(bundle, runner):
    """Every layer is told; a threshold below the noise names the first one, one above it none."""
    more = ["--model", runner.model_file(CASE), "--device", "none", "--first", 20, "--layer-images", 8, "--first-diverging-layer"]
    all_layers = runner.evaluate(CASE, bundle, *more, "--diverging-above", 1e-9)
    none = runner.evaluate(CASE, bundle, *more, "--diverging-above", 1e9)
    check(all_layers["first_diverging_layer"] == all_layers["layers"][0]["layer"] and none["first_diverging_layer"] is None,
          f"{len(all_layers['layers'])} layers beside float, {all_layers['layers'][-1]['sqnr_db']:.1f} dB at the scores")
    check(all(layer["sqnr_db"] > 8 for layer in all_layers["layers"]), "no layer is lost in noise")


def model(pictures_on_pocl, pictures):
    """A network of the evaluation data, planned as by default: few pictures calibrate and test it; ./run eval-models takes all."""
    with tempfile.TemporaryDirectory(prefix="sluice-e2e-") as folder:
        runner = Runner(SLUICE, pathlib.Path(folder))
        spec = models(runner.scratch)[CASE]
        small = ["--calib-images", 100, "--held-out", 10, "--trials", 0, "--state", runner.scratch / "state", "--keep-state"]  # the demo's plan has trials
        # The second plan goes on from the integer network of the first. Dense designs of large networks take PoCL long to
        # compile, and no kernel more: ./run eval-models runs them.
        plans = [("dense", []), ("auto", ["--from", "sensitivity"])] if pictures_on_pocl > 2 else [("auto", [])]
        for engine, begin in plans:
            bundle = runner.scratch / engine
            summary = runner.plan(CASE, bundle, *small, *begin, "--engine", engine)
            check(all(proof["margin_bits"] > 0 for proof in summary["sum_proofs"]), f"{CASE}, engine {engine}: {len(summary['sum_proofs'])} sums proven")
            check_exact(runner.evaluate(CASE, bundle, "--first", pictures_on_pocl, "--reference-images", 2))
            check_syntax(bundle)
        if not spec.most_loss:
            return
        result = runner.evaluate(CASE, bundle, "--first", pictures, "--model", runner.model_file(CASE), "--device", "none")
        executions = result["by_name"]
        if pictures == 0:
            check(abs(executions["float"]["top1"]["percent"] - spec.float_top1) <= spec.known, f"float top-1 {executions['float']['top1']['percent']:.2f} %, known {spec.float_top1} %")
        # A subset cannot resolve a point: two pictures more than allowed are not a finding.
        slack = 200 / executions["integer"]["images"] if pictures else 0
        check_loss(executions, spec.most_loss["auto"] + slack)
        check_layers(bundle, runner)


if CASE == "demo":
    demo()
elif not DATA.is_dir():
    print("skipped: SLUICE_DATA is not set to the folder of the evaluation data")
    sys.exit(77)
else:
    model(*{"resnet8": (100, 0), "resnet20": (100, 0), "textline": (20, 0), "mnist": (100, 0)}.get(CASE, (2, 60)))
sys.exit(check.failures != 0)
