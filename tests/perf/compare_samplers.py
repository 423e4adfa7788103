#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our sampler beside Optuna's on known functions of integers, at equal trials.

compare_samplers.py SLUICE RESULT [--trials N] [--seeds N] [--problems NAME,...]

Why: a search is only as good as what proposes its trials, and Optuna is what the field uses. Ours is driven through
`sluice search --ask-tell`, Optuna in this process. Both see the same starting point and may look at every trial before
the next (batch 1); a further row shows ours in the batches that a plan uses. The functions are small and known: a
sphere, Rastrigin, and thresholds of layers, whose interval is the slowest layer's (or, where multipliers are shared out
again for each candidate, the sum) and whose losses add up, at most one point being allowed. Lower is better: the value
of the best feasible trial, or minus the hypervolume for two objectives.

After: RESULT holds the table. The exit status is 1 where ours loses: the better of CANDIDATES is worse than the better of
Optuna's by more than two standard errors of the difference.
"""
import argparse
import json
import math
import random
import statistics
import subprocess
import sys
import time


class Problem:
    """Variables [0, high]; value(point) gives (objectives, violations)."""

    def __init__(self, name, variables, high, value, objectives=1, constraints=0, reference=None):
        self.name, self.variables, self.high, self.value = name, variables, high, value
        self.objectives, self.constraints, self.reference = objectives, constraints, reference
        self.starts = [[0] * variables] if constraints or objectives > 1 else []

    def score(self, told):
        """Of all (objectives, violations) told."""
        feasible = [objectives for objectives, violations in told if all(v <= 0 for v in violations)]
        if self.objectives == 1:
            return min(objectives[0] for objectives in feasible)
        area, ceiling = 0.0, self.reference[1]
        for x, y in sorted(feasible):
            if x < self.reference[0] and y < ceiling:
                area += (self.reference[0] - x) * (ceiling - y)
                ceiling = y
        return -area


def sphere(variables):
    drawn = random.Random(1)
    centres = [drawn.randint(15, 85) for _ in range(variables)]
    return Problem(f"sphere_{variables}", variables, 100,
                   lambda x: ([sum(((a - c) / 100) ** 2 for a, c in zip(x, centres))], []))


def rastrigin(variables):
    drawn = random.Random(2)
    centres = [drawn.randint(15, 85) for _ in range(variables)]

    def value(x):
        return [sum(z * z - 10 * math.cos(2 * math.pi * z) + 10 for z in ((a - c) / 10 for a, c in zip(x, centres)))], []

    return Problem(f"rastrigin_{variables}", variables, 100, value)


def thresholds(variables, kind):
    """Half of the variables drop weights, half activations; a layer's cycles fall with both, its loss rises faster."""
    drawn = random.Random(3)
    layers = variables // 2
    work = [math.exp(drawn.uniform(-1, 0)) for _ in range(layers)]
    tender = [math.exp(drawn.uniform(-2, 2)) for _ in range(2 * layers)]
    power = [drawn.uniform(1.5, 3) for _ in range(2 * layers)]

    def value(x):
        part = [a / 63 for a in x]
        loss = sum(t * p ** q for t, p, q in zip(tender, part, power))
        cycles = [w * (1 - 0.7 * part[2 * l]) * (1 - 0.6 * part[2 * l + 1]) for l, w in enumerate(work)]
        interval = max(cycles) / max(work) if kind == "slowest" else sum(cycles) / sum(work)
        if kind == "front":
            return [interval, min(loss, 5.0)], []
        return [interval], [loss - 1]

    if kind == "front":
        return Problem(f"front_{variables}", variables, 63, value, objectives=2, reference=(1.0, 5.0))
    return Problem(f"{kind}_{variables}", variables, 63, value, constraints=1)


PROBLEMS = [sphere(10), sphere(40), rastrigin(10), rastrigin(40), thresholds(40, "slowest"), thresholds(100, "slowest"),
            thresholds(40, "summed"), thresholds(100, "summed"), thresholds(40, "front")]
OURS = {"sluice": ("tpe", 1), "sluice, batch 8": ("tpe", 8), "sluice, joint": ("tpe-joint", 1), "sluice, separate": ("tpe-separate", 1),
        "sluice, random": ("random", 1)}
# Those that a search would use: they must not lose.
CANDIDATES = ["sluice", "sluice, joint"]
OPTUNAS = {"optuna, multivariate": True, "optuna, univariate": False}
MOST_UNIVARIATE = 40  # variables: above that Optuna's univariate sampler takes a minute a run, and finds nothing


def ours(sluice, problem, name, trials, seed):
    sampler, batch = OURS[name]
    process = subprocess.Popen([sluice, "search", "--ask-tell", "--sampler", sampler, "--trials", str(trials), "--batch", str(batch),
                                "--seed", str(seed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    space = {"variables": [{"low": 0, "high": problem.high}] * problem.variables, "objectives": problem.objectives,
             "constraints": problem.constraints, "starts": problem.starts}
    process.stdin.write(json.dumps(space) + "\n")
    process.stdin.flush()
    told = []
    for text in process.stdout:
        line = json.loads(text)
        if "point" not in line:
            break
        objectives, violations = problem.value(line["point"])
        told.append((objectives, violations))
        process.stdin.write(json.dumps({"trial": line["trial"], "objectives": objectives, "violations": violations}) + "\n")
        process.stdin.flush()
    process.stdin.close()
    if process.wait() != 0 or len(told) != trials:
        sys.exit(f"sluice search ended with {process.returncode} after {len(told)} of {trials} trials")
    return told


def optunas(problem, name, trials, seed):
    import optuna
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(directions=["minimize"] * problem.objectives,
                                sampler=optuna.samplers.TPESampler(multivariate=OPTUNAS[name], seed=seed))
    for start in problem.starts:
        study.enqueue_trial({f"x{i}": value for i, value in enumerate(start)})
    told = []

    def objective(trial):
        objectives, violations = problem.value([trial.suggest_int(f"x{i}", 0, problem.high) for i in range(problem.variables)])
        told.append((objectives, violations))
        for i, violation in enumerate(violations):
            trial.set_constraint(f"c{i}", violation)
        return objectives

    study.optimize(objective, n_trials=trials)
    return told


def table(problem, options):
    """Lines of the problem, and whether ours lost: name -> (mean, standard error)."""
    lines, found = [], {}
    for name in [*OURS, *OPTUNAS]:
        if name == "optuna, univariate" and problem.variables > MOST_UNIVARIATE:
            continue
        begin, scores = time.monotonic(), []
        for seed in range(1, options.seeds + 1):
            told = (ours(options.sluice, problem, name, options.trials, seed) if name in OURS
                    else optunas(problem, name, options.trials, seed))
            scores.append(problem.score(told))
        seconds = (time.monotonic() - begin) / options.seeds
        found[name] = statistics.mean(scores), statistics.stdev(scores) / math.sqrt(options.seeds)
        lines.append(f"{problem.name:<14}{name:<22}{found[name][0]:>10.4f} +- {found[name][1]:<10.4f}{seconds:>8.1f}")
        print(lines[-1], flush=True)
    mean, error = min(found[name] for name in found if name in CANDIDATES)
    best, best_error = min(found[name] for name in found if name in OPTUNAS)
    return lines, mean > best + 2 * math.hypot(error, best_error)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sluice")
    parser.add_argument("result")
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--problems", default=",".join(problem.name for problem in PROBLEMS))
    options = parser.parse_args()
    import optuna
    lines, lost = [f"{options.trials} trials, seeds 1 to {options.seeds}, Optuna {optuna.__version__}",
                   f"{'function':<14}{'sampler':<22}{'mean':>10}    {'std. error':<10}{'s a run':>8}"], []
    print(*lines, sep="\n", flush=True)
    for problem in PROBLEMS:
        if problem.name in options.problems.split(","):
            rows, is_lost = table(problem, options)
            lines += rows
            lost += [problem.name] * is_lost
    lines.append(f"target: ours ({' or '.join(CANDIDATES)}) not worse than Optuna's best by two standard errors: "
                 + (f"lost on {', '.join(lost)}" if lost else "met"))
    print(lines[-1])
    with open(options.result, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return 1 if lost else 0


sys.exit(main())
