#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command, compiled with the address and undefined-behaviour sanitizers, on the demo network from model to labels.

The compiler plans it with every engine and for a budget; the devices cpu, pocl, threads, sim and null run it, a bundle is rebuilt,
simulated, replayed, shown and refused. A step fails when it ends otherwise than it should or a sanitizer says anything; leaks count, but
for those in libraries of others (leaks.supp). Usage: sanitized.py SLUICE SOURCE_DIR RESULT
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

SLUICE, SOURCE, RESULT = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
MODEL = SOURCE / "apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx"
PICTURES = pathlib.Path("/usr/share/datasets/fashion-mnist")
TEST = PICTURES / "t10k-images-idx3-ubyte.gz"
SAID = re.compile(r"(.*runtime error: .*|.*ERROR: \w+Sanitizer.*|SUMMARY: .*)")
PIXELS = ["--pixel-max", "1", "--mean", "0.2860", "--std", "0.3530"]


def plan(output, *more):
    return ["plan", MODEL, "--calib", PICTURES / "train-images-idx3-ubyte.gz", "--calib-images", "8", "--held-out", "8", "--trials", "4", *PIXELS, *more, "-o", output]


# (what, words, exit status)
STEPS = [
    ("check for a board", ["check", MODEL, "--board", "pac_a10"], 0),
    *((f"plan {engine}", plan(f"b_{engine}", "--engine", engine), 0)
      for engine in ("dense", "activation_sparse", "weight_sparse", "grouped_prefix", "pair_sparse")),
    ("plan for a budget", plan("b_budget", "--budget", "kv260"), 0),
    ("inspect", ["inspect", "b_budget", "--layer", "l02"], 0),
    *((f"classify pocl {engine}", ["classify", f"b_{engine}", TEST, "--first", "6", "--device", "pocl"], 0)
      for engine in ("dense", "activation_sparse", "weight_sparse", "grouped_prefix", "pair_sparse", "budget")),
    ("classify pocl --exact", ["classify", "b_pair_sparse", TEST, "--first", "1", "--device", "pocl", "--exact"], 0),
    *((f"classify threads {engine}", ["classify", f"b_{engine}", TEST, "--first", "4", "--device", "threads"], 0)
      for engine in ("dense", "pair_sparse", "budget")),
    ("classify cpu, a contact sheet", ["classify", "b_budget", TEST, "--first", "50", "--contact-sheet", "sheet.png"], 0),
    ("eval pocl", ["eval", "b_budget", "--images", TEST, "--first", "16", "--device", "pocl", "--model", MODEL, "--rows"], 0),
    ("eval cpu, layers", ["eval", "b_budget", "--images", TEST, "--first", "8", "--model", MODEL, "--first-diverging-layer", "--layer-errors"], 0),
    ("classify sim, rows change", ["classify", "b_budget", TEST, "--first", "200", "--device", "sim", "--policy", "target-fps",
                                   "--target-fps", "5000", "--audit-log", "audit.jsonl"], 0),
    ("replay", ["replay", "audit.jsonl"], 0),
    ("simulate", ["simulate", "b_budget", "--images", TEST, "--first", "6"], 0),
    ("simulate, depths", ["simulate", "b_dense", "--images", TEST, "--first", "2", "--size-streams", "1"], 0),
    ("report", ["report", "b_budget", "-o", "page.html"], 0),
    ("manual", ["manual", "-o", "pages"], 0),
    ("completion", ["completion", "bash", "-o", "completion"], 0),
    ("search", ["search", "--ask-tell", "--space", "space.json", "--trials", "16", "--journal", "journal"], 0),
    ("bench null", ["bench", "b_budget", "--device", "null", "--seconds", "1"], 0),
    ("rebuild-kernels", ["rebuild-kernels", "b_dense", "-o", "b_rebuilt"], 0),
    ("classify rebuilt", ["classify", "b_rebuilt", TEST, "--first", "3", "--device", "pocl"], 0),
    ("build without a compiler", ["build", "b_dense", "--sdk", "none"], 1),
    ("classify of no picture", ["classify", "b_dense", MODEL], 1),
    ("plan of no model", ["plan", TEST, "--calib", TEST, "-o", "none"], 1),
]


def main():
    environment = {**os.environ, "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1", "UBSAN_OPTIONS": "print_stacktrace=1",
                   "LSAN_OPTIONS": f"suppressions={SOURCE / 'tests/e2e/leaks.supp'}:print_suppressions=0"}
    lines, failed = [], 0
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sluice-sanitized-") as folder:
        environment |= {"POCL_CACHE_DIR": f"{folder}/pocl", "XDG_CACHE_HOME": f"{folder}/cache"}
        (pathlib.Path(folder) / "space.json").write_text('{"variables": [{"name": "x", "low": 0, "high": 9}]}')
        for what, words, code in STEPS:
            done = subprocess.run([SLUICE, *words], capture_output=True, text=True, cwd=folder, env=environment, timeout=3600, stdin=subprocess.DEVNULL)
            said = SAID.findall(done.stderr)
            is_good = done.returncode == code and not said
            failed += not is_good
            lines.append(f"{what}: " + ("ends as it should, nothing said" if is_good else f"ends with {done.returncode}: {said[:2]}"))
            print(lines[-1], flush=True)
            if not is_good:
                print(done.stderr[-6000:], flush=True)
    lines.append(f"{len(STEPS)} steps, {failed} with a finding")
    print(f"{lines[-1]}, {time.monotonic() - begin:.0f} s")
    RESULT.write_text("The command under clang's address and undefined-behaviour sanitizers (./run sanitize)\n\n" + "\n".join(lines) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
