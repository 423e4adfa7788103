#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A plan that is killed (kill -9) at random moments, again and again, makes the table of one that was not; so does one thread.

prove_resume.py SLUICE [--kills N] [--seed N] -- MODEL --calib PICTURES --budget NAME ...

Why: a search of hours must survive a kill, and the same seed must give the same table whatever the number of threads.
The idea: one plan in peace, which also tells how long a plan takes; one on a single core; and one that is killed N times,
each after a random part of that time, and then let go on to its end.

After: the three tables and what they report of the search are the same, byte by byte; else the exit status is 1 and the
file is named.
"""
import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES = ["table.json", "design.json", "report/search.json"]


def command(options, folder):
    return [options.sluice, "plan", *options.plan, "--quiet", "-o", str(folder)]


def planned(options, folder, core=None):
    begin = time.monotonic()
    run = subprocess.run(command(options, folder), preexec_fn=(lambda: os.sched_setaffinity(0, {core})) if core is not None else None)
    if run.returncode != 0:
        sys.exit(f"{folder.name}: sluice plan ended with {run.returncode}")
    return time.monotonic() - begin


def killed(options, folder, seconds):
    """True: the plan had not ended when it was killed."""
    process = subprocess.Popen(command(options, folder))
    try:
        process.wait(timeout=seconds)
        return False
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("sluice")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("plan", nargs="+")
    options = parser.parse_args()
    drawn = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds = planned(options, folder / "whole")
        seconds = min(seconds, planned(options, folder / "one_core", core=min(os.sched_getaffinity(0))))
        # Each goes on where the one before was: on average the last comes to the end.
        kills = 0
        while kills < options.kills and killed(options, folder / "killed", drawn.uniform(0, 2 / options.kills) * seconds):
            kills += 1
        if not (folder / "killed").exists():
            planned(options, folder / "killed")
        wrong = [f"{other}/{file}" for other in ("one_core", "killed") for file in FILES
                 if (folder / other / file).read_bytes() != (folder / "whole" / file).read_bytes()]
    print(f"seed {options.seed}: a plan of {seconds:.1f} s, killed {kills} times; {'the same' if not wrong else 'OTHER: ' + ', '.join(wrong)}")
    sys.exit(1 if wrong or kills == 0 else 0)


if __name__ == "__main__":
    main()
