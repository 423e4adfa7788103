# SPDX-License-Identifier: Apache-2.0
"""A small text file with the last result of every network, and the commit that it was of.

A network takes minutes to hours, so a proof may run for some of them, or be ended: what it did not reach keeps its lines.
The file: comments, then for each network a line "NAME, at COMMIT" and the lines of its result, each of which begins with a blank.
"""
import pathlib
import re
import subprocess


class KeptResults:
    """Before: the file is one of this form or is not there. After set(): it holds the new lines beside the others."""

    def __init__(self, file: pathlib.Path, head: list[str]):
        self.file, self.head, self.results = file, head, {}
        self.commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
        name = None
        for line in file.read_text().splitlines() if file.exists() else []:
            if re.match(r"\w", line):
                name = line.split(",")[0]
                self.results[name] = []
            if not line.startswith("#") and name is not None:
                self.results[name].append(line)

    def begun(self, name: str) -> list[str]:
        """The first line of a result; the others are appended, then set."""
        lines = [f"{name}, at {self.commit}"]
        print(lines[0], flush=True)
        return lines

    def set(self, name: str, lines: list[str]):
        self.results[name] = lines
        self.file.write_text("\n".join(self.head + [line for name in self.results for line in self.results[name]]) + "\n")
