#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every engine on whole classifiers: PoCL, threads and the plain reference agree in scores and counters, and the cycle simulator in
engine-busy cycles.

Each network is planned once by the real command; prove_engines then builds it with one engine after another, and with a
random mixture of engines, parallelism and shared requantisers, and runs real pictures under random rows. The file OUT keeps the
last result of every network. Usage:
prove_engines.py SLUICE PROVE_ENGINES SOURCE_DIR OUT [MODEL]...; exits 1 when anything differs, 77 without $SLUICE_DATA.
Run by ./run prove-engines (an hour or so).
"""
import pathlib
import sys
import tempfile

from kept_results import KeptResults
from models import DATA, Runner, models, told

# Pictures for each engine; those of 224x224 take the plain reference a second or more each.
IMAGES = {"demo": 100, "resnet8": 40, "resnet20": 10, "textline": 10, "squeezenet": 2, "mobilenet_v2": 2}
ENGINES = ["dense", "activation_sparse", "weight_sparse", "grouped_prefix", "pair_sparse", "mixed"]
MANY = 1000  # demo pictures through the mixed design
HEAD = ["# ./run prove-engines. Real pictures, each under one of five rows of random thresholds;",
        "# scores, counters, and simulated engine-busy cycles."]


def main():
    if not DATA.is_dir():
        print("skipped: SLUICE_DATA is not set to the folder of the evaluation data")
        return 77
    sluice, prove, source, out = (pathlib.Path(p).resolve() for p in sys.argv[1:5])
    results = KeptResults(out, HEAD)
    failures = 0
    with tempfile.TemporaryDirectory(prefix="sluice-engines-") as folder:
        runner = Runner(sluice, pathlib.Path(folder))
        for name in sys.argv[5:] or IMAGES:
            bundle = runner.scratch / name
            if name == "demo":
                pictures = runner.plan_demo(source, bundle, "--calib-images", 100, "--held-out", 10, "--engine", "dense")
            else:
                runner.plan(name, bundle, "--calib-images", 20, "--held-out", 10, "--range", "mse", "--engine", "dense")
                pictures = models(runner.scratch)[name].test[0]
            lines = results.begun(name)
            runs = [(IMAGES[name], ENGINES)] + ([(MANY, ["mixed"])] if name == "demo" else [])
            failures += any([told([prove, "pocl,threads", bundle, pictures, str(count), *engines], lines) != 0 for count, engines in runs])
            results.set(name, lines)
    print("everything is equal" if failures == 0 else f"{failures} networks differ")
    return failures != 0


sys.exit(main())
