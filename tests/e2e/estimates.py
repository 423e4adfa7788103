#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The planner's estimate beside the cycle simulator: rows estimated on calibration pictures, simulated on test pictures.

For each network: plan by the real command (sparse engines: auto, streams sized by simulation on calibration pictures), then
simulate the densest, a middle and the fastest row on test pictures. The estimate is the table's cycles_per_image; the
simulated interval is the mean distance of pictures in the steady state. No test picture has calibrated, sized or estimated.

Usage: estimates.py SLUICE SOURCE_DIR OUT [--planned-depths] [MODEL...]; exits 1 where a difference is above 5 %, 77 without
$SLUICE_DATA. Run by ./run prove-estimates (about a quarter of an hour).
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from models import DATA, Runner, models

MOST_PERCENT = 5.0
SIZING_PERCENT = 1
NETWORKS = {"demo": 200, "resnet8": 200, "resnet20": 200, "mobilenet_v2": 40, "squeezenet": 40}  # pictures simulated


def plan(runner, name, source, bundle, sizing):
    extra = ["--engine", "auto", "--size-streams", sizing, "--held-out", 64]
    if name != "demo":
        runner.plan(name, bundle, *extra)
        return models(runner.scratch)[name].test
    return [runner.plan_demo(source, bundle, *extra)]


def compare(runner, name, source, scratch, sizing):
    """Lines of the table, and the largest difference in percent."""
    bundle, begin = scratch / name, time.monotonic()
    test = plan(runner, name, source, bundle, sizing)
    planned_s = time.monotonic() - begin
    lines, worst = [], 0.0
    table = json.loads((bundle / "table.json").read_text())
    last = len(table["rows"]) - 1
    for row in sorted({0, (last + 1) // 2, last}):
        estimated = table["rows"][row]["cycles_per_image"]
        report = json.loads(runner.run("simulate", bundle, "--images", *test, "--first", NETWORKS[name], "--row", row, "--json"))
        simulated, bottleneck = report["interval_cycles"], report["bottleneck"]
        percent = 100 * (estimated / simulated - 1)
        worst = max(worst, abs(percent))
        lines.append(f"{name:<13} {row:<9} {NETWORKS[name]:>8} {estimated:>11.0f} {simulated:>11.0f} {percent:>+11.2f}  "
                     f"{bottleneck['kernel']}, busy {100 * bottleneck['busy_share']:.1f} %" + ("" if abs(percent) <= MOST_PERCENT else "  MISSED"))
    return lines, worst, planned_s


def main():
    if not DATA.is_dir():
        print("skipped: SLUICE_DATA is not set to the folder of the evaluation data")
        return 77
    arguments = [a for a in sys.argv[1:] if a != "--planned-depths"]
    sizing = 0 if "--planned-depths" in sys.argv else SIZING_PERCENT
    source, out, names = pathlib.Path(arguments[1]).resolve(), pathlib.Path(arguments[2]), arguments[3:] or list(NETWORKS)
    version = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=source, capture_output=True, text=True).stdout.strip()
    depths = f"streams sized on calibration pictures within {sizing} %" if sizing else "planned depths of streams"
    lines = [f"# ./run prove-estimates, at {version}: {depths}. Cycles an image: estimated on calibration pictures, simulated on test pictures.",
             f"{'network':<13} {'row':<9} {'pictures':>8} {'estimated':>11} {'simulated':>11} {'difference,%':>11}  bottleneck"]
    print("\n".join(lines), flush=True)
    failures = 0
    with tempfile.TemporaryDirectory(prefix="sluice-estimates-") as folder:
        runner = Runner(pathlib.Path(arguments[0]).resolve(), pathlib.Path(folder))
        for name in names:
            found, worst, planned_s = compare(runner, name, source, runner.scratch, sizing)
            failures += worst > MOST_PERCENT
            lines += found
            print("\n".join(found), f"  ({planned_s:.0f} s to plan)", flush=True)
    lines.append(f"every difference is within {MOST_PERCENT:.0f} %" if failures == 0 else f"{failures} networks differ by more than {MOST_PERCENT:.0f} %")
    print(lines[-1])
    out.write_text("\n".join(lines) + "\n")
    return failures != 0


sys.exit(main())
