#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""target-fps beside every fixed row, on drifting streams of test pictures, for designs of three networks on two boards.

Each design is planned by the real command and judged by tests/adapt/prove_streams.cpp, at three targets between its rows. Rates are
simulated. ResNets run on tests/adapt/stream.json, photos on photos_stream.json.

Usage: prove_streams.py SLUICE PROVE_STREAMS SOURCE_DIR OUT [NETWORK]...; exits 1 where a target is missed, 77 without $SLUICE_DATA.
Run by ./run prove-streams; bundles stay in build/streams and are used again.
"""
import pathlib
import subprocess
import sys

from kept_results import KeptResults
from models import DATA, Runner, models

BOARDS = ["pac_a10", "d5005"]
NETWORKS = ["resnet8", "resnet20", "squeezenet"]
SEED = 2


def pictures_of(name, scratch):
    """The test pictures as one source: of photos the list of those that calibrated nothing."""
    test = models(scratch)[name].test
    if len(test) == 1:
        return test[0]
    source, _, part = test
    lines = [line for line in source.read_text().splitlines() if line.strip()]
    kept = scratch / f"{name}_test.txt"
    kept.write_text("".join(f"{source.parent / line}\n" for line in lines[1 if part == "even" else 0::2]))
    return kept


def main():
    if not DATA.is_dir():
        print("skipped: SLUICE_DATA is not set to the folder of the evaluation data")
        return 77
    sluice, prove, source, out = (pathlib.Path(p).resolve() for p in sys.argv[1:5])
    names = sys.argv[5:] or NETWORKS
    scratch = source / "build/streams"
    scratch.mkdir(parents=True, exist_ok=True)
    runner = Runner(sluice, scratch)
    kept = KeptResults(out, [
        "# ./run prove-streams: target-fps beside fixed rows, cycle model, rates simulated. A window: 500 images, 2000 or more after a",
        "# change of scene. The best fixed row: the most accurate at target in 99 % of the windows, else the one most often there."])
    missed = 0
    for name in names:
        script = source / "tests/adapt" / ("photos_stream.json" if name == "squeezenet" else "stream.json")
        for board in BOARDS:
            bundle = scratch / f"{name}_{board}"
            if not bundle.exists():
                runner.plan(name, bundle, "--board", board)
            lines = kept.begun(f"{name} on {board}")
            done = subprocess.run([prove, f"{name} on {board}", bundle, pictures_of(name, scratch), script, str(SEED)], stdout=subprocess.PIPE, text=True)
            lines += [f" {line}" for line in done.stdout.splitlines()]
            print("\n".join(lines[1:]), flush=True)
            kept.set(f"{name} on {board}", lines)
            missed += done.returncode != 0
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
