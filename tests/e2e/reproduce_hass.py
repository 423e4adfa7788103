#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The setting of the HASS paper: its networks under its budget and clock, and what it compares with.

reproduce_hass.py SLUICE FOLDER RESULT [--trials N] [--images N] [--networks NAME,...]

Why: the paper's figure of merit is images per cycle and multiplier. For each network `sluice plan --preset hass
--baselines` (int16, dense and pair-sparse engines, Alveo U250's multipliers, 250 MHz, one scalar objective); of the
odd lines of the evaluation photos the first search, the others judge. Dense, natural zeros, global thresholds and a search without hardware stand
beside HASS. Ratios against dense and natural zeros are not those that the paper states, which are against sparse designs.

The weights are not the paper's: ResNet-18 and -50 here are decoded from 256 codewords a layer, so their weights have other
magnitudes than freely trained ones.

After: FOLDER holds a bundle for each network and can be gone on with; RESULT holds the table. Needs SLUICE_DATA.
"""
import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

RESNET = ["--mean", "123.675,116.28,103.53", "--std", "58.395,57.12,57.375"]
MOBILENET = ["--mean", "127.5", "--std", "127.5"]
NETWORKS = {"resnet18": ("resnet18_fp16.onnx", RESNET), "resnet50": ("resnet50_fp16.onnx", RESNET),
            "mobilenet_v2": ("mobilenet_v2_1.0_224.onnx", MOBILENET), "mobilenet_v3_small": ("mobilenet_v3_small.onnx", MOBILENET)}


def planned(options, data, name):
    model, pixels = NETWORKS[name]
    bundle = Path(options.folder) / name
    if not (bundle / "report/search.json").exists():
        photos = data / "imagenet1000/val.txt"
        command = [options.sluice, "plan", data / "models" / model, "--preset", "hass", "--baselines", "--calib", photos,
                   "--part", "odd", "--calib-images", str(options.images), "--held-out", "500", "--trials", str(options.trials),
                   "--resize-short-side", "256", "--size-streams", "0", "-o", bundle, "--keep-state", *pixels]
        if subprocess.run([str(part) for part in command]).returncode != 0:
            sys.exit(f"{name}: sluice plan failed")
    return [json.loads((bundle / "report" / file).read_text()) for file in ("search.json", "report.json")] + [
        json.loads((bundle / "table.json").read_text())]


def lines_of(name, search, report, table):
    def line(what, multipliers, loss, cycles):
        return f"{name:<20} {what:<20} {multipliers:>12.0f} {loss:>+7.2f} {cycles:>12.0f} {1e9 / cycles / multipliers:>16.3f}"

    lines = []
    for baseline in search["baselines"]:
        row = baseline["rows"][-1]
        lines.append(line(baseline["name"], baseline["multipliers"], row["loss_points"], row["estimated_cycles"]))
    for what, row in (("HASS, densest row", table["rows"][0]), ("HASS, fastest row", table["rows"][-1])):
        lines.append(line(what, report["multipliers"], row["loss_points"], row["cycles_per_image"]))
    return lines


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("sluice")
    parser.add_argument("folder")
    parser.add_argument("result")
    parser.add_argument("--trials", type=int, default=64)
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--networks", default=",".join(NETWORKS))
    options = parser.parse_args()
    data = os.environ.get("SLUICE_DATA")
    if not data:
        sys.exit("set SLUICE_DATA to the folder of evaluation data")
    Path(options.folder).mkdir(parents=True, exist_ok=True)
    lines = [f"int16, U250's multipliers, 250 MHz, {options.trials} trials, {options.images} search photos; cycles are estimated; "
             "losses against float on other photos",
             f"{'network':<20} {'design':<20} {'multipliers':>12} {'points':>7} {'cycles':>12} {'images/Gcycle/mult':>16}"]
    for name in options.networks.split(","):
        lines += lines_of(name, *planned(options, Path(data), name))
        print("\n".join(lines), flush=True)
    Path(options.result).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
