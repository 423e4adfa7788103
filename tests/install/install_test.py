#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The runtime installs alone and is enough for a program outside the tree.

Installs the components runtime and apps into an empty folder of the build tree, builds tests/install/program and
apps/examples/embed against that folder, plans the demo network with the installed command, and classifies with all
three: same labels, and failures are told. The programs are configured and run where protobuf cannot be found or loaded,
which the command needs.

Usage: install_test.py CMAKE COMPILER SOURCE_DIR BUILD_DIR
"""
import csv
import gzip
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

CMAKE, COMPILER = sys.argv[1:3]
SOURCE, BUILD = (pathlib.Path(p).resolve() for p in sys.argv[3:5])
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
EXAMPLE = SOURCE / "apps/examples/fashion_mnist"
EMBED = SOURCE / "apps/examples/embed"
PICTURES = FASHION / "t10k-images-idx3-ubyte.gz"
COUNT = 8
failures = 0


def run(*arguments, code=0, **environment):
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode != code:
        sys.exit(f"{' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done


def check(holds, what):
    global failures
    failures += not holds
    print(("ok    " if holds else "FAIL  ") + what, flush=True)


prefix = BUILD / "installed"
shutil.rmtree(prefix, ignore_errors=True)
run(CMAKE, "--install", BUILD, "--component", "runtime", "--prefix", prefix)
check(not (prefix / "bin").exists(), "the component runtime brings no program")
run(CMAKE, "--install", BUILD, "--component", "apps", "--prefix", prefix)
check("\\fB\\-\\-board" in (prefix / "share/man/man1/sluice-plan.1").read_text(), "a manual page for each verb")
check("complete " in (prefix / "share/bash-completion/completions/sluice").read_text(), "completion for bash")
scratch = pathlib.Path(tempfile.mkdtemp(prefix="sluice-install-"))
try:
    # A copy: nothing of the tree is near the program.
    shutil.copytree(SOURCE / "tests/install/program", scratch / "program")
    shutil.copytree(EMBED, scratch / "program/embed")
    run(CMAKE, "-S", scratch / "program", "-B", scratch / "build", f"-DCMAKE_PREFIX_PATH={prefix}",
        f"-DCMAKE_CXX_COMPILER={COMPILER}", "-DCMAKE_DISABLE_FIND_PACKAGE_Protobuf=ON")
    run(CMAKE, "--build", scratch / "build")
    program, embed = scratch / "build/classify", scratch / "build/embed/embed"
    sluice, bundle = prefix / "bin/sluice", scratch / "bundle"
    run(sluice, "plan", EXAMPLE / "resnet8_fashion_mnist.onnx", "--calib", FASHION / "train-images-idx3-ubyte.gz",
        "--calib-images", 40, "--held-out", 10, "--class-names", EXAMPLE / "class_names.txt", "--pixel-max", 1,
        "--mean", 0.2860, "--std", 0.3530, "--engine", "dense", "-o", bundle)
    # Libraries of those names that no program can load stand in front of the machine's.
    hidden = sorted(set(re.findall(r"^\s*(libprotobuf\S*) =>", run("ldd", sluice).stdout, re.M)))
    check(hidden, "the command needs what only its front end needs: " + ", ".join(hidden))
    (scratch / "hidden").mkdir()
    for name in hidden:
        (scratch / "hidden" / name).touch()
    without = {"LD_LIBRARY_PATH": str(scratch / "hidden")}
    run(sluice, "-h", code=127, **without)
    told = [line.split("\t")[0] for line in run(program, bundle, "pocl", PICTURES, COUNT, **without).stdout.splitlines()]
    lines = run(sluice, "classify", bundle, PICTURES, "--first", COUNT, "--top", 1, "--format", "csv").stdout
    by_command = [row[2] for row in list(csv.reader(lines.splitlines()))[-COUNT:]]
    check(len(told) == COUNT and told == by_command, f"program and command label alike: {', '.join(told)}")
    few = scratch / "few-images-idx3-ubyte"
    with gzip.open(PICTURES) as pictures:
        few.write_bytes(pictures.read(4) + struct.pack(">I", COUNT) + pictures.read(12 + COUNT * 28 * 28)[4:])
    embedded = [line.split("\t") for line in run(embed, bundle, few).stdout.splitlines()]
    check(embedded == [[f"{few}[{i}]", label] for i, label in enumerate(by_command)], "the example names and labels them alike")
    refused = run(embed, scratch / "none", PICTURES, code=1).stderr
    check("none" in refused, "the example tells of a bundle that is not there: " + refused.strip())
    refused = run(program, bundle, "fpga", PICTURES, 1, code=1, **without).stderr
    check("a board takes a binary" in refused, "the runtime alone has the driver of boards: " + refused.splitlines()[-1])
    refused = run(program, scratch / "none", "pocl", PICTURES, 1, code=1).stderr
    check(refused.startswith("yours: ") and "none" in refused, "a bundle that is not there is told: " + refused.strip())
finally:
    shutil.rmtree(scratch)
sys.exit(failures != 0)
