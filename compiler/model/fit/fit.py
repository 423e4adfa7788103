#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fits the engines' logic to the sweeps and writes ../fitted.coefficients. Plain Python 3:

    python3 compiler/model/fit/fit.py            writes the file
    python3 compiler/model/fit/fit.py --check    says whether the file is what the sweeps give
    python3 compiler/model/fit/fit.py --builds builds.csv    the line for ../assumed.coefficients that real builds give

A count (ALUTs, registers) is a sum of terms, each a coefficient times a product of an engine's numbers. The names of the
terms are the keys of the file, so the C++ side evaluates whatever stands there (compiler/model/coefficients.hpp says
what the letters are). Coefficients are not negative: a larger engine never costs less. The fit minimises the sum of
squared relative errors; the errors stand in the file: mean, worst, and the mean of rows left out of the fit.
"""
import csv
import math
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parent / "fitted.coefficients"
ALUTS = ["alut2", "alut3", "alut4", "alut5", "alut6", "alut_arith"]
COLUMN_OF_LETTER = {"M": "m", "N": "n", "O": "o", "G": "g", "P": "p", "A": "sum_bits", "D": "width_bits", "R": "kept_bits"}
GIVEN = "synthesis counts given with the project, same flow"
OWN = "sweep.sh, yosys 0.23 synth_intel_alm"

# sweep: (origin, terms of the ALUTs, terms of the registers). pair_sparse and activation_sparse were swept with sums of 32 bits.
MODELS = {
    "dense": (OWN, ["O*A", "O*T*B", "O*T", "1"], ["O*A", "O*M*B", "O", "1"]),
    "depthwise_dense": (OWN, ["O*A", "O", "1"], ["O*A", "O*B", "O", "1"]),
    "activation_sparse": (GIVEN, ["O*A", "M*D", "M", "1"], ["O*A", "O*D", "M*D", "M", "1"]),
    "weight_sparse": (OWN, ["O*P*A", "O*P*D", "O*P*D*K", "O*W", "O*I", "1"], ["O*P*A", "O*P*B", "O*P*D", "O*I", "O", "1"]),
    "grouped_prefix": (OWN, ["O*A", "O*A*H", "O*G", "O", "1"], ["O*A", "O*A*G", "O*B", "O", "1"]),
    "pair_sparse": (GIVEN, ["O*M*N*B", "O*M*N", "O*M*B", "O*M*X", "O*N*B", "O*A", "O"], ["O*M*B", "O*M", "O*N*B", "O*N", "O*A", "O"]),
    "scanner": (OWN, ["M*D", "M", "M*X", "1"], ["M*D", "M", "1"]),
    "requantise": (OWN, ["A", "R", "Q", "D", "1"], ["A", "R", "Q", "D", "1"]),
}


def letters(row):
    """Values of the letters in one row of a sweep; what a sweep does not vary has the value it was swept with."""
    v = {letter: float(row.get(column, 1)) for letter, column in COLUMN_OF_LETTER.items()}
    v["A"] = float(row.get("sum_bits", 32))
    v["Q"] = float(v["A"] > 27)
    v.update(I=12.0, T=v["M"] - 1, H=max(0.0, v["G"] - 2), K=float(row.get("k", 1)) - 1)
    v["W"] = v["D"]  # activation and weight are equally wide in all sweeps
    v["B"] = v["D"] + v["W"]
    v["X"] = math.ceil(math.log2(v["M"])) if v["M"] > 1 else 0
    return v


def term(name, values):
    return math.prod(1.0 if letter == "1" else values[letter] for letter in name.split("*"))


def fit(rows, names):
    """Non-negative least squares of relative errors, by coordinate descent: the problem is convex and tiny."""
    a = [[term(name, values) / count for name in names] for values, count in rows]
    scale = [max(row[j] for row in a) or 1.0 for j in range(len(names))]
    a = [[x / s for x, s in zip(row, scale)] for row in a]
    gram = [[math.fsum(row[i] * row[j] for row in a) for j in range(len(names))] for i in range(len(names))]
    right = [math.fsum(row[j] for row in a) for j in range(len(names))]
    x = [0.0] * len(names)
    for _ in range(50000):
        moved = 0.0
        for j in range(len(names)):
            if gram[j][j] == 0:
                continue
            new = max(0.0, x[j] + (right[j] - math.fsum(g * y for g, y in zip(gram[j], x))) / gram[j][j])
            moved, x[j] = max(moved, abs(new - x[j])), new
        if moved < 1e-10:
            break
    return [y / s for y, s in zip(x, scale)]


def errors(rows, names, coefficients):
    return [abs(math.fsum(c * term(n, values) for c, n in zip(coefficients, names)) / count - 1) for values, count in rows]


def written():
    lines = ["# Logic of the engines, in ALUTs and registers: written by fit/fit.py from fit/sweeps, do not edit.",
             "# Key: engine.count.term; a term is a product of letters (compiler/model/coefficients.hpp)."]
    for name, (origin, alut_terms, register_terms) in MODELS.items():
        with open(HERE / "sweeps" / f"{name}.csv", newline="") as file:
            sweep = list(csv.DictReader(file))
        for what, names, columns in (("aluts", alut_terms, ALUTS), ("registers", register_terms, ["ff"])):
            rows = [(letters(row), float(sum(int(row[c]) for c in columns))) for row in sweep]
            coefficients = fit(rows, names)
            found = errors(rows, names, coefficients)
            left_out = [errors([row], names, fit(rows[:i] + rows[i + 1:], names))[0] for i, row in enumerate(rows)]
            note = f"# confirmed: fit of {len(rows)} rows of fit/sweeps/{name}.csv ({origin})"
            lines.append("")
            lines += [f"{f'{name}.{what}.{n}':34} = {c:<12.6g} {note}" for n, c in zip(names, coefficients) if c > 1e-4]
            for key, value in (("mean", sum(found) / len(found)), ("worst", max(found)), ("left_out", sum(left_out) / len(left_out))):
                lines.append(f"{f'{name}.{what}.error_{key}':34} = {value:<12.4f} {note}")
    return "\n".join(lines) + "\n"


def hls_factor(builds):
    """What the vendor's compiler adds to swept logic: placed ALMs without the shell, over estimated ones without the factor.
    `sluice build` writes such rows (compiler/vendor/fitted_row)."""
    placed = math.fsum(float(b["placed_alms"]) - float(b["shell_alms"]) for b in builds)
    swept = math.fsum(float(b["estimated_alms"]) / float(b["f_hls"]) for b in builds)
    if not builds or placed <= 0 or swept <= 0:
        sys.exit("no build with placed ALMs beyond its shell")
    names = sorted({f"{b['board']} SDK {b['sdk']}" for b in builds})
    return f"hls_factor           = {placed / swept:.3g}  # confirmed: {len(builds)} builds, {', '.join(names)}\n"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--builds"] and len(sys.argv) == 3:
        with open(sys.argv[2], newline="") as file:
            print(hls_factor(list(csv.DictReader(file))), end="")
        sys.exit()
    text = written()
    if sys.argv[1:] == ["--check"]:
        if TARGET.read_text() != text:
            sys.exit(f"{TARGET} is not what the sweeps give; run {sys.argv[0]}")
    else:
        TARGET.write_text(text)
