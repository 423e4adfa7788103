#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demo network planned for a board and within a budget: the design keeps both, and is bit-exact on PoCL.

Usage: planned_for_board.py SLUICE SOURCE_DIR
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

SLUICE, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
MODEL = SOURCE / "apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx"
PLAN = ["--calib", FASHION / "train-images-idx3-ubyte.gz", "--calib-images", 60, "--held-out", 30, "--pixel-max", 1, "--mean", 0.2860, "--std", 0.3530]
failures = 0


def run(*arguments, refused=False):
    done = subprocess.run([str(a) for a in (SLUICE, *arguments)], capture_output=True, text=True)
    if (done.returncode != 0) != refused:
        sys.exit(f"{' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done.stderr if refused else done.stdout


def check(holds, what):
    global failures
    failures += not holds
    print(("ok    " if holds else "FAIL  ") + what, flush=True)


def report(bundle):
    return json.loads((bundle / "report/report.json").read_text())


scratch = pathlib.Path(tempfile.mkdtemp(prefix="sluice-board-"))
try:
    board, small, budget = scratch / "board", scratch / "small", scratch / "budget"
    for bundle, target in ((board, ["--board", "a10_ref"]), (small, ["--board", "a10_ref", "--target-rate", 5000]), (budget, ["--budget", "zc706"])):
        run("plan", MODEL, *PLAN, *target, "-o", bundle)
        told = report(bundle)["estimated"]
        check(told["kind"] == "estimated" and all(use["share"] <= 1 for use in told["uses"]), f"{' '.join(map(str, target))}: keeps it, {told['uses'][0]['resource']} bind")
        design = json.loads((bundle / "design.json").read_text())
        check(told["resources"]["kernels"] == len(design["netlist"]["kernels"]) <= 240, f"{told['resources']['kernels']} kernels")
        layers = report(bundle)["layers"]
        check(sum(layer["estimated"]["resources"]["multipliers"] for layer in layers) == told["resources"]["multipliers"], "multipliers of the layers add up")
        emm = sum(layer["macs"] for layer in layers) / told["cycles_per_image"] / told["resources"]["multipliers"]
        check(abs(emm - told["macs_per_multiplier_and_cycle"]) < 1e-6, f"{emm:.2f} dense MACs a multiplier and cycle")
        check(told["bottleneck"] in [layer["name"] for layer in layers], f"{told['bottleneck']} sets the rate, {told['throughput_images_per_s']:.0f} images/s")
    fast, least = report(board)["estimated"], report(small)["estimated"]
    check(least["throughput_images_per_s"] >= 0.95 * 5000 and least["resources"]["alms"] < 0.5 * fast["resources"]["alms"], "a target rate takes fewer resources")
    exact = json.loads(run("eval", budget, "--images", FASHION / "t10k-images-idx3-ubyte.gz", "--model", MODEL, "--first", 40, "--reference-images", 10, "--device", "pocl", "--json"))["bit_exact"]
    check(all(exact[who]["equal"] == exact[who]["images"] > 0 for who in ("with_reference", "with_integer")), "bit-exact on PoCL")
    told = run("inspect", budget, "--explain", "l02")
    check(all(word in told for word in ("chosen", "dearer", "next faster", "pair_sparse", "requantisers")), "inspect explains a layer")
    check("first convolution is dense" in run("inspect", board, "--explain", "l00"), "and names the rule that keeps engines out")
    check("there are: 385a" in run("plan", MODEL, *PLAN, "--board", "nope", "-o", scratch / "x", refused=True), "an unknown board lists those that are known")
    check("times the ALMs" in run("plan", MODEL, *PLAN, "--board", "de1_soc", "--f-hls", 10, "-o", scratch / "x", refused=True) and not (scratch / "x").exists(), "what does not fit is said")
    fit = json.loads(run("check", MODEL, "--board", "a10_ref", "--json"))["fit"]
    check(fit["fits"] and fit["smallest_board"] and fit["throughput_images_per_s"] > 0 and fit["kind"] == "estimated", f"check: fits a10_ref, {fit['smallest_board']} is the smallest")
    refused = run("check", MODEL, "--board", "de1_soc", "--f-hls", 10, refused=True)
    check("does not fit de1_soc" in refused, "check: what does not fit is an error")
finally:
    shutil.rmtree(scratch)
sys.exit(failures != 0)
