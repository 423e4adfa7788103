#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What ./run says and does before it installs, and while it builds: with stand-ins for apt, dpkg and cmake first in PATH.

It names a container file on other systems, asks at a terminal and only there, and shows one line of a build's hundreds.
Usage: run_script_test.py SOURCE_DIR; exits 1 when something is otherwise.
"""
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(sys.argv[1]).resolve()
STAND_INS = {
    "dpkg-query": "exit 1",  # nothing is installed
    "id": "echo 0",
    "apt-get": """echo "$*" >> apt.log
case "$*" in *--print-uris*) echo "'http://debian/a.deb' a.deb 2500000 SHA256:0"; echo "'http://debian/b.deb' b.deb 1500000 SHA256:0" ;; esac""",
    "ccache": "exit 0",
    "cmake": """case "$*" in
  *--build*) for i in 1 2 3; do echo "[$i/3] Building CXX object $i"; done
    [ ! -e broken ] || { echo "FAILED: thing.o"; echo "thing.cpp:7: error: no such thing"; exit 1; } ;;
esac""",
}
failures = 0


def check(holds, what):
    global failures
    failures += not holds
    print(("ok    " if holds else "FAIL  ") + what, flush=True)


def run(folder, *words, answer=None, **more):
    """(status, output, what apt was asked); `answer`: what is typed at a terminal, without one there is none."""
    (folder / "apt.log").unlink(missing_ok=True)
    environment = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", **more}
    command = ["bash", folder / "run", *words]
    if answer is None:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        output, status = done.stdout, done.returncode
    else:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        os.write(ours, answer.encode())
        output = b""
        try:
            while part := os.read(ours, 4096):
                output += part
        except OSError:  # the other side is closed
            pass
        output, status = output.decode(), process.wait()
    log = folder / "apt.log"
    return status, output, log.read_text() if log.exists() else ""


def main():
    with tempfile.TemporaryDirectory(prefix="sluice-run-") as scratch:
        folder = pathlib.Path(scratch)
        shutil.copy(SOURCE / "run", folder / "run")
        (folder / "bin").mkdir()
        for name, text in STAND_INS.items():
            (folder / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
            (folder / "bin" / name).chmod(0o755)

        other = folder / "os-release"
        other.write_text('ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04 LTS"\n')
        status, output, asked = run(folder, "demo", OS_RELEASE=str(other))
        named = re.search(r"docker build -f (\S+)", output)
        check(status == 1 and not asked and "this is Ubuntu 24.04 LTS" in output and output.count("\n") == 1, "another system: one sentence, nothing installed")
        check(named is not None and (SOURCE / named[1]).is_file(), "the container file that it names is there")

        status, output, asked = run(folder, "install", answer="n\n")
        check(status == 1 and "install -y -qq" not in asked and "nothing was installed" in output, "no at a terminal: nothing is installed")
        check("libtbb-dev" in output and "4 MB to fetch" in output, "packages and megabytes are told first")
        status, output, asked = run(folder, "install", answer="\n")
        check(status == 0 and "install -y -qq" in asked, "return at a terminal: installed")
        for words, answer in ((["install", "--yes"], "n\n"), (["--yes", "install"], "n\n"), (["install"], None)):
            status, output, asked = run(folder, *words, answer=answer)
            check(status == 0 and "install -y -qq" in asked and "Go on?" not in output, f"{' '.join(words)}{'' if answer else ' without a terminal'}: installed, nothing asked")

        status, output, _ = run(folder, "build", "--yes")
        check(status == 0 and "Building CXX" not in output, "a build says no line for each object")
        log = (folder / "build/release.log").read_text()
        check(log.count("Building CXX") == 3, "they are in build/release.log")
        status, output, _ = run(folder, "build", "--yes", answer="")
        check(status == 0 and "\rbuilding: step 1 of 3" in output.replace("\033[K", "") and "Building CXX" not in output, "a terminal sees one line, rewritten")
        (folder / "broken").touch()
        status, output, _ = run(folder, "build", "--yes")
        check(status == 1 and "thing.cpp:7: error: no such thing" in output and "build/release.log" in output, "a build that fails ends with the error and the log's name")
    return failures != 0


sys.exit(main())
