#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A tutorial of apps/examples/tutorials, command by command, in an empty folder.

A block ```sh is run by one bash (set -e), in the environment that the tutorials' README sets. Each line of the block ```text
after it must be a line of what was said, each another one; "..." stands for anything.

Usage: tutorials.py SLUICE DRIFTING_STREAM SOURCE_DIR TUTORIAL
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SLUICE, STREAM, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
TUTORIAL = SOURCE / "apps/examples/tutorials" / f"{sys.argv[4]}.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.M | re.S)
SAID = "printf '\\036'\n"  # a record separator after each block


def matches(expected, line):
    return re.fullmatch(".*?".join(map(re.escape, expected.split("..."))), line.strip()) is not None


def missing(expected, said):
    """The first expected line that is not among `said`, or None. Results and progress are two outputs, in no fixed order."""
    lines = said.splitlines()
    for line in expected:
        found = next((i for i, other in enumerate(lines) if matches(line.strip(), other)), None)
        if found is None:
            return line
        del lines[found]
    return None


def main():
    blocks = BLOCK.findall(TUTORIAL.read_text())
    script = "set -e\n" + "".join(commands + SAID for commands, _ in blocks)
    environment = {**os.environ, "SLUICE_SOURCE": str(SOURCE), "SLUICE_BUILD": str(SLUICE.parents[2]), "PATH": f"{SLUICE.parent}:{STREAM.parent}:{os.environ['PATH']}"}
    with tempfile.TemporaryDirectory(prefix="sluice-tutorial-") as folder:
        done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    parts = done.stdout.split("\036")
    failures = len(blocks) < 3
    for number, ((commands, expected), said) in enumerate(zip(blocks, parts), 1):
        absent = missing(expected.splitlines(), said)
        good = absent is None and number < len(parts)
        failures += not good
        print(("ok    " if good else "FAIL  ") + commands.splitlines()[0])
        if not good:
            print(f"expected: {absent}\nsaid:\n{said}")
    if done.returncode != 0:
        print(f"FAIL  the commands end with {done.returncode}: {parts[-1][-2000:]}")
    return 1 if failures or done.returncode != 0 else 0


sys.exit(main())
