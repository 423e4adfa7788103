#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Designs explored for a board or a budget: estimated, and simulated on test pictures.

For each network and target: plan by the real command (engines and parallelism by exploration, streams sized by simulation on
calibration pictures; the planner itself falls back to dense engines where the mixture simulates slower), then simulate row 0 on
test pictures, which nothing has seen before. EMM: dense MACs / (interval cycles *
multipliers). "dense" plans with dense engines only; no choice of engines may simulate slower than it.

Usage: prove_designs.py SLUICE SOURCE_DIR OUT [MODEL]...; exits 1 where a target is missed, 77 without $SLUICE_DATA. Run by
./run prove-designs (about half an hour).
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from models import DATA, Runner, models

MOST_PERCENT = 5.0   # of the simulated interval above the estimated one
MOST_BEHIND = 1.01   # of the free choice's interval over the dense one's: sizing keeps 1 %
PICTURES = {"resnet8": 200, "resnet20": 200, "squeezenet": 40, "mobilenet_v2": 40}
BOARDS = ["a10_ref", "520n", "ia840f"]
BUDGETS = {"resnet8": ["zc706"], "resnet20": ["kv260", "zc706"]}
LEAST_EMM = {("resnet20", "kv260"): 1.9, ("resnet8", "zc706"): 1.7}


def engines_of(bundle):
    """ "16 dense, 5 pair_sparse": of the convolutions."""
    count = {}
    for layer in json.loads((bundle / "report/report.json").read_text())["layers"]:
        if layer["kind"] == "conv":
            count[layer.get("engine", "dense")] = count.get(layer.get("engine", "dense"), 0) + 1
    return ", ".join(f"{number} {engine}" for engine, number in sorted(count.items(), key=lambda item: -item[1]))


def measure(runner, name, kind, target, choice):
    """One design; returns its line, the simulated interval, and what was missed."""
    with tempfile.TemporaryDirectory(dir=runner.scratch) as folder:
        bundle, begin = pathlib.Path(folder) / "bundle", time.monotonic()
        engine = ["--engine", "dense"] if choice == "dense" else []
        runner.plan(name, bundle, kind, target, "--held-out", 256, *engine)
        planned_s = time.monotonic() - begin
        plan = json.loads((bundle / "report/report.json").read_text())
        estimated, emm = plan["estimated"]["cycles_per_image"], plan["estimated"]["macs_per_multiplier_and_cycle"]
        blocks = plan["simulated"]["stream_ram_blocks"] if "simulated" in plan else "by rule"
        report = json.loads(runner.run("simulate", bundle, "--images", *models(runner.scratch)[name].test, "--first", PICTURES[name], "--row", 0, "--json"))
        simulated, simulated_emm = report["interval_cycles"], report["macs_per_multiplier_cycle"]
        percent = 100 * (simulated / estimated - 1)
        missed = []
        if percent > MOST_PERCENT:
            missed.append(f"simulates more than {MOST_PERCENT:.0f} % slower than estimated")
        least = LEAST_EMM.get((name, target), 0)
        if choice == "free" and simulated_emm < least:
            missed.append(f"EMM below {least}")
        line = (f"{name:<13} {target:<8} {choice:<6} {estimated:>10.0f} {simulated:>10.0f} {percent:>+6.1f} {emm:>9.2f} {simulated_emm:>9.2f} {plan['multipliers']:>6} "
                f"{blocks:>8} {planned_s:>6.0f}  {engines_of(bundle)}; waits most for {report['bottleneck']['kernel']}")
        return line + (f"  MISSED: {', '.join(missed)}" if missed else ""), simulated, missed


def main():
    if not DATA.is_dir():
        print("skipped: SLUICE_DATA is not set to the folder of the evaluation data")
        return 77
    source, out, names = pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3]), sys.argv[4:] or list(PICTURES)
    version = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=source, capture_output=True, text=True).stdout.strip()
    lines = [f"# ./run prove-designs, at {version}: int8, row 0, f_hls 2; cycles an image estimated on calibration pictures, simulated on test pictures.",
             "# EMM: dense MACs / (interval cycles * multipliers), e: estimated, s: simulated. blocks: RAM blocks of all streams.",
             f"{'network':<13} {'target':<8} {'design':<6} {'estimated':>10} {'simulated':>10} {'+%':>6} {'EMM e':>9} {'EMM s':>9} {'mult.':>6} {'blocks':>8} {'plan,s':>6}  engines"]
    print("\n".join(lines), flush=True)
    failures = 0
    with tempfile.TemporaryDirectory(prefix="sluice-designs-") as folder:
        runner = Runner(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(folder))
        for name in names:
            for kind, target in [("--board", b) for b in BOARDS] + [("--budget", b) for b in BUDGETS.get(name, [])]:
                interval = {}
                for choice in ("free", "dense"):
                    line, interval[choice], missed = measure(runner, name, kind, target, choice)
                    failures += len(missed)
                    lines.append(line)
                    print(line, flush=True)
                if interval["free"] > MOST_BEHIND * interval["dense"]:
                    failures += 1
                    lines.append(f"{name}, {target}: the free choice of engines simulates slower than dense ones  MISSED")
                    print(lines[-1], flush=True)
    lines.append("every target is met" if failures == 0 else f"{failures} targets are missed")
    print(lines[-1])
    out.write_text("\n".join(lines) + "\n")
    return failures != 0


sys.exit(main())
