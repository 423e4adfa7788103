#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every engine on whole classifiers: PoCL, threads and the plain reference agree in scores and counters, and the cycle simulator in
engine-busy cycles.

Each network is planned once by the real command; prove_engines then builds it with one engine after another, and with a
random mixture of engines, parallelism and shared requantisers, and runs real pictures under random rows. Usage:
prove_engines.py SLUICE PROVE_ENGINES SOURCE_DIR OUT [MODEL]...; exits 1 when anything differs, 77 without $SLUICE_DATA.
Run by ./run prove-engines (an hour or so).
"""
import pathlib
import subprocess
import sys
import tempfile

from models import DATA, Runner, models, told

# Pictures for each engine; those of 224x224 take the plain reference a second or more each.
IMAGES = {"demo": 100, "resnet8": 40, "resnet20": 10, "textline": 10, "squeezenet": 2, "mobilenet_v2": 2}
ENGINES = ["dense", "activation_sparse", "weight_sparse", "grouped_prefix", "pair_sparse", "mixed"]
MANY = 1000  # demo pictures through the mixed design


def main():
    if not DATA.is_dir():
        print("skipped: SLUICE_DATA is not set to the folder of the evaluation data")
        return 77
    sluice, prove, source, out = (pathlib.Path(p).resolve() for p in sys.argv[1:5])
    version = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    lines = [f"# ./run prove-engines, at {version}. Real pictures, each under one of five rows of random thresholds; scores, counters, and simulated engine-busy cycles."]
    print(lines[0], flush=True)
    failures = 0
    with tempfile.TemporaryDirectory(prefix="sluice-engines-") as folder:
        runner = Runner(sluice, pathlib.Path(folder))

        def run(name, bundle, pictures, count, *engines):
            nonlocal failures
            failures += told([prove, "pocl,threads", bundle, pictures, str(count), *engines], name, lines) != 0

        for name in sys.argv[5:] or IMAGES:
            bundle = runner.scratch / name
            if name == "demo":
                pictures = runner.plan_demo(source, bundle, "--calib-images", 100, "--held-out", 10, "--engine", "dense")
            else:
                runner.plan(name, bundle, "--calib-images", 20, "--held-out", 10, "--range", "mse", "--engine", "dense")
                pictures = models(runner.scratch)[name].test[0]
            run(name, bundle, pictures, IMAGES[name], *ENGINES)
            if name == "demo":
                run(name, bundle, pictures, MANY, "mixed")
    lines.append("everything is equal" if failures == 0 else f"{failures} networks differ")
    print(lines[-1])
    out.write_text("\n".join(lines) + "\n")
    return failures != 0


sys.exit(main())
