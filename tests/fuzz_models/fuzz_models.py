#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random classifiers through ONNX Runtime and through Sluice: import, float, integer network and PoCL must agree.

    fuzz_models.py MODEL_RUNNER [COUNT] [SEED] [--result FILE] [--found FOLDER] [--pocl-every N] [--jobs N]
    fuzz_models.py MODEL_RUNNER --only I --seed S   one network again
    fuzz_models.py MODEL_RUNNER --recipe FILE       examines one kept recipe again

Why: the worst that an import can do is to compute something else than the file says, and tests written by those who
wrote the passes share their blind spots. Network I of seed S is drawn from (S, I) alone: --only I draws it again.
Every POCL_EVERY-th network also runs on PoCL. What differs is shrunk, and kept in FOLDER as NAME.onnx, NAME.json (the
recipe) and NAME.txt (what differs and how to see it again). Exits with 1 where something differed, with 77 (skipped)
without onnxruntime.
"""
import argparse
import collections
import json
import logging
import multiprocessing
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

try:
    import numpy
    import onnx
    import onnxruntime
except ImportError as missing:
    print(f"skipped: {missing}; ./run fuzz-models installs it")
    sys.exit(77)

import comparison
import onnxruntime_scores
import quantiser
import recipe as recipes
import shrinker
from runner import Runner

POCL_EVERY = 20
MOST_SHRUNK_OF_A_KIND = 8
MOST_SHRINK_TRIALS = 250
ENGINES = ["auto", "auto", "dense", "activation_sparse", "weight_sparse", "grouped_prefix", "pair_sparse"]


def draw(seed, index, pocl_every):
    rng = numpy.random.default_rng([seed, index])
    recipe = recipes.draw(rng)
    recipe["quantise"] = quantiser.draw(rng, recipe["opset"]) if rng.random() < 0.45 and recipe["opset"] >= 10 else None
    recipe["saved"] = "" if rng.random() < 0.8 else "basic" if rng.random() < 0.9 else "extended"
    recipe["run"] = {
        "engine": ENGINES[rng.integers(len(ENGINES))], "bits": 16 if rng.random() < 0.2 else 8,
        "last": "pocl" if index % pocl_every == 0 else "bundle"
    }
    return recipe


class Silence:
    """onnxruntime's quantiser prints its progress; results are printed by the parent."""
    def __enter__(self):
        logging.disable(logging.CRITICAL)
        self._kept = [os.dup(1), os.dup(2)]
        with open(os.devnull, "w") as nothing:
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)

    def __exit__(self, *_):
        sys.stdout.flush()
        for target, kept in zip((1, 2), self._kept):
            os.dup2(kept, target)
            os.close(kept)


class Examiner:
    """What one process needs to examine recipes."""
    def __init__(self, program, folder):
        self._pictures = onnxruntime_scores.Pictures(folder / "pictures")
        self._runner = Runner(program, folder / "runner")

    def examine(self, recipe):
        with Silence():
            return comparison.examine(recipe, self._pictures, self._runner)

    def shrink(self, recipe, kind, most_trials):
        recipe = {**recipe, "run": {**recipe["run"], "last": comparison.last_stage(kind)}}
        return shrinker.shrink(recipe, lambda r: self.examine(r).kind == kind, most_trials)

    def model(self, recipe):
        with Silence():
            return comparison.models_of(recipe, self._pictures)[0].given

    def close(self):
        self._runner.close()


EXAMINER = None


def _open(program, folder):
    global EXAMINER
    EXAMINER = Examiner(program, folder / str(os.getpid()))


def _examine(seed_index_pocl):
    recipe = draw(*seed_index_pocl)
    return seed_index_pocl[1], recipe, EXAMINER.examine(recipe)


def skeleton(text):
    """A sentence without its names and numbers, to count alike ones."""
    return re.sub(r'"[^"]*"', '""', re.sub(r"-?\d+(\.\d+)?(e[-+]?\d+)?", "N", text))[:150]


def is_difference(finding):
    return finding.kind not in (comparison.EQUAL, comparison.COARSE, comparison.REFUSED, comparison.NO_MODEL)


def describe(model):
    return " ".join(node.op_type for node in model.graph.node if node.op_type != "Constant")


def keep(examiner, found, name, origin, recipe, finding):
    model = examiner.model(recipe)
    found.mkdir(parents=True, exist_ok=True)
    onnx.save(model, found / f"{name}.onnx")
    (found / f"{name}.json").write_text(json.dumps(recipe, indent=1) + "\n")
    (found / f"{name}.txt").write_text(f"{finding.kind}: {finding.detail}\n{describe(model)}\n{origin}; again: "
                                       f"tests/fuzz_models/fuzz_models.py MODEL_RUNNER --recipe {name}.json\n")


class Tally:
    def __init__(self):
        self.kinds, self.refusals, self.no_models, self.first = (collections.Counter() for _ in range(4))
        self.quantised = self.pocl = 0

    def count(self, index, recipe, finding):
        self.kinds[finding.kind] += 1
        self.refusals.update({skeleton(reason) for reason in finding.reasons})
        if finding.kind == comparison.NO_MODEL:
            self.no_models[skeleton(finding.detail)] += 1
        if finding.kind in (comparison.EQUAL, comparison.COARSE):
            self.quantised += recipe["quantise"] is not None
            self.pocl += recipe["run"]["last"] == "pocl"
        if finding.kind not in self.first:
            self.first[finding.kind] = index

    def different(self):
        return sum(count for kind, count in self.kinds.items() if is_difference(comparison.Finding(kind)))

    def lines(self, seed, seconds, jobs):
        total, equal = self.kinds.total(), self.kinds[comparison.EQUAL] + self.kinds[comparison.COARSE]
        yield f"target: {total} networks, none different"
        version = subprocess.run(["git", "rev-parse", "--short", "HEAD"],
                                 cwd=pathlib.Path(__file__).parent,
                                 capture_output=True,
                                 text=True).stdout.strip()
        yield f"drawn by the generator of commit {version}"
        yield (f"seed {seed}, {total} networks: {equal} equal, {self.different()} different; of the equal ones "
               f"{self.quantised} quantised by onnxruntime {onnxruntime.__version__}, {self.pocl} also on PoCL")
        yield f"{60 * total / seconds:.0f} networks a minute, {jobs} processes, load {os.getloadavg()[0]:.1f}"
        for kind, count in self.kinds.most_common():
            yield f"{count:>6}  {kind} (first: network {self.first[kind]})"
        yield "refused, by reason (a network may have several):"
        for reason, count in self.refusals.most_common():
            yield f"{count:>6}  {reason}"
        yield "no model, by reason:"
        for reason, count in self.no_models.most_common():
            yield f"{count:>6}  {reason}"


def fuzz(options, folder):
    tally, shrunk, forms, start = Tally(), collections.Counter(), set(), time.monotonic()
    indices = [options.only] if options.only is not None else range(options.count)
    examiner = Examiner(options.runner, folder / "parent")
    with multiprocessing.Pool(options.jobs, _open, (options.runner, folder)) as pool:
        tasks = ((options.seed, index, options.pocl_every) for index in indices)
        for index, recipe, finding in pool.imap_unordered(_examine, tasks):
            tally.count(index, recipe, finding)
            if not is_difference(finding):
                continue
            print(f"network {index}: {finding.kind}: {finding.detail}", flush=True)
            signature = finding.kind + skeleton(finding.detail)
            if not options.found or shrunk[signature] >= MOST_SHRUNK_OF_A_KIND:
                continue
            shrunk[signature] += 1
            small = examiner.shrink(recipe, finding.kind, MOST_SHRINK_TRIALS)
            form = finding.kind + describe(examiner.model(small))
            if form in forms:
                continue
            forms.add(form)
            name = f"s{options.seed}_{index}_{re.sub('[^a-z0-9]+', '_', finding.kind)}"
            keep(examiner, options.found, name, f"seed {options.seed}, network {index}", small, examiner.examine(small))
            print(f"  shrunk: {describe(examiner.model(small))}", flush=True)
    examiner.close()
    lines = list(tally.lines(options.seed, time.monotonic() - start, options.jobs))
    print("\n".join(lines))
    if options.result:
        options.result.write_text("\n".join(lines) + "\n")
    return tally.different() > 0


def again(options, folder):
    examiner = Examiner(options.runner, folder)
    finding = examiner.examine(json.loads(options.recipe.read_text()))
    print(f"{finding.kind} {finding.detail} {' '.join(finding.reasons)}")
    examiner.close()
    return is_difference(finding)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runner", type=lambda text: str(pathlib.Path(text).resolve()))
    parser.add_argument("count", type=int, nargs="?", default=100)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--seed", type=int, default=argparse.SUPPRESS)
    parser.add_argument("--result", type=pathlib.Path)
    parser.add_argument("--found", type=pathlib.Path)
    parser.add_argument("--pocl-every", type=int, default=POCL_EVERY)
    parser.add_argument("--only", type=int)
    parser.add_argument("--recipe", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="fuzz_models_"))
    try:
        sys.exit(again(options, folder) if options.recipe else fuzz(options, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
