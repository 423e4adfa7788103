#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our sampler beside Optuna's on the problem of a plan: thresholds of all layers, costed by the hardware that suits them.

compare_searches.py SLUICE STATE RESULT [--trials N] [--seeds N] -- MODEL --calib PICTURES --board BOARD ...

Why: known functions (compare_samplers.py) are not thresholds. The evaluator is `sluice plan --ask-tell`, one for all
samplers: divergence and cycles as objectives, loss in points as a constraint, the same starting points. Ours is `sluice
search --ask-tell`, in batches as in a plan. Optuna's TPE (multivariate) asks in this process.

After: STATE holds the phases up to the sensitivity; RESULT holds the table: the fewest cycles within the loss, and the
hypervolume of the front over the starting points', mean and standard error over the seeds. The exit status is 1 where
ours is worse in hypervolume than the better of Optuna's by more than two standard errors.
"""
import argparse
import json
import math
import statistics
import subprocess
import sys
import time


class Evaluator:
    """`sluice plan --ask-tell`: space, starts, and outcomes of points."""

    def __init__(self, sluice, state, arguments):
        self.process = subprocess.Popen([sluice, "plan", *arguments, "--ask-tell", "--state", state, "-o", state + ".bundle", "--quiet"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"sluice plan ended with {self.process.wait()}")
        self.space = json.loads(line)
        self.told = []

    def outcome(self, point):
        self.process.stdin.write(json.dumps({"trial": len(self.told), "point": point}) + "\n")
        self.process.stdin.flush()
        line = json.loads(self.process.stdout.readline())
        self.told.append((line["objectives"], line["violations"]))
        return self.told[-1]

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            sys.exit(f"sluice plan ended with {self.process.returncode}")


def ours(evaluator, options, seed):
    process = subprocess.Popen([options.sluice, "search", "--ask-tell", "--sampler", "tpe-incumbent", "--trials", str(options.trials),
                                "--seed", str(seed), "--quiet"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdin.write(json.dumps(evaluator.space) + "\n")
    process.stdin.flush()
    for text in process.stdout:
        line = json.loads(text)
        if "point" not in line:
            break
        objectives, violations = evaluator.outcome(line["point"])
        process.stdin.write(json.dumps({"trial": line["trial"], "objectives": objectives, "violations": violations}) + "\n")
        process.stdin.flush()
    process.stdin.close()
    if process.wait() != 0:
        sys.exit(f"sluice search ended with {process.returncode}")


def optunas(evaluator, options, seed):
    import optuna
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    names = [f"x{i}" for i in range(len(evaluator.space["variables"]))]
    study = optuna.create_study(directions=["minimize"] * 2, sampler=optuna.samplers.TPESampler(multivariate=True, seed=seed))
    for start in evaluator.space["starts"]:
        study.enqueue_trial(dict(zip(names, start)))

    def objective(trial):
        point = [trial.suggest_int(name, v["low"], v["high"]) for name, v in zip(names, evaluator.space["variables"])]
        objectives, violations = evaluator.outcome(point)
        for i, violation in enumerate(violations):
            trial.set_constraint(f"c{i}", violation)
        return objectives

    study.optimize(objective, n_trials=options.trials)


def scores(told, starts):
    """Fewest cycles within the loss; hypervolume below the corner of the starting points, of that corner."""
    feasible = [o for o, v in told if all(x <= 0 for x in v)]
    corner = [max(o[i] for o, v in told[:starts] if all(x <= 0 for x in v)) for i in (0, 1)]
    area, ceiling = 0.0, corner[1]
    for loss, cycles in sorted(feasible):
        if loss < corner[0] and cycles < ceiling:
            area += (corner[0] - loss) * (ceiling - cycles)
            ceiling = cycles
    return min(o[1] for o in feasible), area / (corner[0] * corner[1])


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("sluice")
    parser.add_argument("state")
    parser.add_argument("result")
    parser.add_argument("--trials", type=int, default=128)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("plan", nargs="+")
    options = parser.parse_args()
    lines = [f"{options.trials} trials, {options.seeds} seeds: {' '.join(a.rsplit('/', 1)[-1] for a in options.plan)}",
             f"{'sampler':<22} {'fewest cycles':>18} {'hypervolume':>22} {'s a trial':>10}"]
    found = {}
    for name, drive in (("sluice", ours), ("optuna, multivariate", optunas)):
        best, volumes, begin = [], [], time.monotonic()
        for seed in range(1, options.seeds + 1):
            evaluator = Evaluator(options.sluice, options.state, options.plan)
            drive(evaluator, options, seed)
            evaluator.close()
            cycles, volume = scores(evaluator.told, len(evaluator.space["starts"]))
            best.append(cycles)
            volumes.append(volume)
        error = [statistics.stdev(x) / math.sqrt(len(x)) if len(x) > 1 else 0.0 for x in (best, volumes)]
        found[name] = (statistics.mean(volumes), error[1])
        lines.append(f"{name:<22} {statistics.mean(best):>10.0f} +- {error[0]:<5.0f} {statistics.mean(volumes):>13.4f} +- {error[1]:.4f}"
                     f" {(time.monotonic() - begin) / options.trials / options.seeds:>9.2f}")
        print(lines[-1], flush=True)
    (mean, error), (other, other_error) = found["sluice"], found["optuna, multivariate"]
    is_met = mean >= other - 2 * math.hypot(error, other_error)
    lines.append(f"target: ours not worse than Optuna's in hypervolume by two standard errors: {'met' if is_met else 'MISSED'}")
    print(lines[-1])
    with open(options.result, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    sys.exit(0 if is_met else 1)


if __name__ == "__main__":
    main()
