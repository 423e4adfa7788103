#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whole classifiers on what stands for a board: scores and counters of the plain reference, real pictures, random rows.

`emulator`, the vendor's: the text that goes to aoc through the vendor's own front end and runtime, fed by the code that feeds
a board. `board`, the stand-in of tests/board: the same code under the rules of a board, with channels of the planned depths,
garbage in private memory and pauses at random. Both prove function; their times say nothing about an FPGA. The file OUT keeps the
last result of every network. Usage:
prove_fpga.py emulator|board SLUICE PROVE_ENGINES SOURCE_DIR OUT [MODEL]...; exits 1 when anything differs, 77 without
$SLUICE_DATA. Run by ./run prove-emulator and ./run prove-board.
"""
import os
import pathlib
import sys
import tempfile

from kept_results import KeptResults
from models import DATA, Runner, models, told

# Pictures of each network, in the planner's own design; what "_pac_a10" ends is planned for that board, with engines of
# all kinds, copies and shared requantisers.
IMAGES = {"emulator": {"demo": 20, "resnet8": 20, "textline": 20, "resnet20": 20, "resnet20_pac_a10": 4, "mobilenet_v2": 1},
          "board": {"demo": 200, "textline": 40, "resnet20": 200, "resnet20_pac_a10": 200}}
HEADS = {"emulator": ["the vendor's FPGA emulator (intel-opencl-fpga-emu-rt 2025.0.5);", "Streams of 8,192 beats or more. "],
         "board": ["the stand-in board (tests/board);", "Streams of the planned depths. "]}


def main():
    if not DATA.is_dir():
        print("skipped: SLUICE_DATA is not set to the folder of the evaluation data")
        return 77
    device = sys.argv[1]
    sluice, prove, source, out = (pathlib.Path(p).resolve() for p in sys.argv[2:6])
    environment = {**os.environ, "LD_LIBRARY_PATH": str(source / "build/emulator/lib")} if device == "emulator" else None
    where, streams = HEADS[device]
    head = [f"# ./run prove-{device}. Real pictures under random rows on {where}",
            f"# scores, counters, and simulated engine-busy cycles. {streams}Seconds are this machine's, not an FPGA's."]
    results = KeptResults(out, head)
    failures = 0
    with tempfile.TemporaryDirectory(prefix=f"sluice-{device}-") as folder:
        runner = Runner(sluice, pathlib.Path(folder))
        for name in sys.argv[6:] or IMAGES[device]:
            bundle = runner.scratch / name
            if name == "demo":
                pictures = runner.plan_demo(source, bundle, "--calib-images", 100, "--held-out", 10)
            else:
                network, _, board = name.partition("_pac_")
                for_board = ["--board", f"pac_{board}", "--trials", 8] if board else []
                runner.plan(network, bundle, "--calib-images", 20, "--held-out", 10, "--range", "mse", *for_board)
                pictures = models(runner.scratch)[network].test[0]
            lines = results.begun(name)
            failures += told([prove, device, bundle, pictures, str(IMAGES[device].get(name, 4)), "planned"], lines, env=environment) != 0
            results.set(name, lines)
    print("everything is equal" if failures == 0 else f"{failures} networks differ")
    return failures != 0


sys.exit(main())
