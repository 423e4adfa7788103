#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sluice simulate beside the simulated device and the design table, on real pictures of Fashion-MNIST.

Shown: the device's steady rate is the simulator's within 2 % in every row, one image at a time takes longer than the
interval, shares add up, no stream holds more than it can, sized streams keep the rate.

Usage: simulate.py SLUICE SOURCE_DIR
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

SLUICE, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
failures = 0


def run(*arguments):
    done = subprocess.run([str(a) for a in (SLUICE, *arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done.stdout


def check(holds, what):
    global failures
    failures += not holds
    print(("ok    " if holds else "FAIL  ") + what, flush=True)


scratch = pathlib.Path(tempfile.mkdtemp(prefix="sluice-simulate-"))
try:
    bundle, pictures = scratch / "bundle", ["--images", FASHION / "t10k-images-idx3-ubyte.gz", "--first", 48]
    run("plan", SOURCE / "apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx", "--calib", FASHION / "train-images-idx3-ubyte.gz",
        "--calib-images", 100, "--held-out", 100, "--pixel-max", 1, "--mean", 0.2860, "--std", 0.3530, "-o", bundle)
    rates = []
    for row in range(len(json.loads((bundle / "table.json").read_text())["rows"])):
        rates.append(json.loads(run("simulate", bundle, *pictures, "--row", row, "--json")))
    check(all(r["throughput_kind"] == "simulated" and r["clock_kind"] == "assumed" for r in rates), "labelled simulated, clock assumed")
    check(rates[-1]["throughput_images_per_s"] > rates[0]["throughput_images_per_s"], "the last row is faster than the first")
    device = json.loads(run("bench", bundle, *pictures, "--device", "sim", "--seconds", 0.5, "--json"))["runs"][0]["device_only"]["throughput_images_per_s"]
    simulated = rates[0]["throughput_images_per_s"]
    check(abs(device / simulated - 1) < 0.02, f"Offline on the simulated device: {device:.0f} images/s, simulated {simulated:.0f}")
    alone = json.loads(run("bench", bundle, *pictures, "--device", "sim", "--seconds", 0.5, "--scenario", "SingleStream", "--json"))["runs"][0]["device_only"]
    check(alone["latency_ms"]["p50"] > 1.05e3 / simulated, f"one at a time takes {alone['latency_ms']['p50']:.3f} ms, the interval is {1e3 / simulated:.3f} ms")
    check(abs(alone["latency_ms"]["p50"] / rates[0]["first_image_ms"] - 1) < 0.15, "about the first image's")
    for kernel in rates[0]["kernels"]:
        shares = kernel["busy_share"] + kernel["waiting_for_beats_share"] + kernel["waiting_for_room_share"]
        if abs(shares - 1) > 1e-9:
            check(False, f"shares of {kernel['kernel']} add up to {shares}")
    check(all(1 <= s["high_water_beats"] <= s["capacity_beats"] for s in rates[0]["streams"]), "every stream was used and none overflowed")
    text = run("simulate", bundle, *pictures).splitlines()
    check(text[-1].startswith(f"{simulated:.1f} images/s simulated") and text[-3].startswith("bottleneck: "), "text: " + text[-1])
    sized = json.loads(run("simulate", bundle, *pictures, "--size-streams", 1, "--json"))
    check(sized["interval_cycles"] <= 1.01 * sized["deep_interval_cycles"] and sized["m20k_blocks"] <= sized["bundle_m20k_blocks"],
          f"sized streams: {sized['m20k_blocks']} M20K for {sized['bundle_m20k_blocks']}, interval {sized['interval_cycles']:.0f} for {sized['deep_interval_cycles']:.0f}")
finally:
    shutil.rmtree(scratch)
sys.exit(failures != 0)
