#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every evaluation network in int8, auto and int16 on all its test pictures: the table of losses, by the real command.

Accuracy is the integer network's on all test pictures, paired with float; all of them, of large networks the
first few, also run on PoCL with both engines, where every score must equal the evaluator's, and some the
plain reference's. A line is kept in OUT as soon as it is measured, with the commit that it was measured at; networks that
are named replace only their lines. Usage: eval_models.py SLUICE OUT [MODEL...]; exits 1 when a target is missed, 77
without $SLUICE_DATA. Run by ./run eval-models (about an hour and a half).
"""
import pathlib
import subprocess
import sys
import tempfile

from models import DATA, Runner, models

ENGINES = ("dense", "auto")
PRECISIONS = ("int8", "auto", "int16")
REFERENCE_IMAGES = 5  # the plain reference takes a second for a photo
HEADER = (
    "# ./run eval-models. Percent with 95 % intervals; loss: points of top-1 against float, paired on the same pictures.\n"
    f"{'model':<13} {'bits':<6} {'pictures':>8}  {'float top-1':<22} {'integer top-1':<22} {'integer top-5':<23} {'loss':<21} {'most':>4}  "
    f"{'bit-exact on PoCL':<32} quantised by; at commit")


def interval(i, unit=""):
    return f"{i['percent']:.2f}{unit} [{i['low']:.2f}, {i['high']:.2f}]"


def measure(runner, name, precision, scratch):
    """One line of the table, and what is wrong with it."""
    model = models(runner.scratch)[name]
    wrong, exact = [], []
    for engine in ENGINES:
        bundle = scratch / f"{name}_{precision}_{engine}"
        # The second plan goes on from the integer network of the first.
        state = ["--state", scratch / f"{name}_{precision}", "--keep-state", *(["--from", "sensitivity"] if engine != ENGINES[0] else [])]
        summary = runner.plan(name, bundle, "--precision", precision, "--engine", engine, "--held-out", 50, *state)
        few = ["--first", model.exact_pictures] if model.exact_pictures else []
        # Float once: it is the same beside every engine.
        in_float = ["--model", runner.model_file(name)] if engine == ENGINES[-1] and model.most_loss and not few else []
        evaluation = runner.evaluate(name, bundle, "--reference-images", REFERENCE_IMAGES, *in_float, *few)
        device = evaluation["bit_exact"]
        for who in ("with_integer", "with_reference"):
            if device[who]["equal"] != device[who]["images"]:
                wrong.append(f"{engine} differs {who}")
        exact.append(f"{engine} {device['with_integer']['equal']}/{device['with_integer']['images']}")
    if not model.most_loss:
        return f"{name:<13} {precision:<6} bit-exact on PoCL: {', '.join(exact)}", wrong
    if model.exact_pictures:
        evaluation = runner.evaluate(name, bundle, "--device", "none", "--reference-images", 0, "--model", runner.model_file(name))
    result = evaluation["by_name"]
    loss, most = result["integer"]["top1_loss_points"], model.most_loss[precision]
    if abs(result["float"]["top1"]["percent"] - model.float_top1) > model.known:
        wrong.append(f"float top-1 is not near {model.float_top1}")
    if loss["percent"] > most + 1e-9:
        wrong.append(f"loses {loss['percent']:.2f} points, {most} allowed")
    return (f"{name:<13} {precision:<6} {result['integer']['images']:>8}  {interval(result['float']['top1']):<22} "
            f"{interval(result['integer']['top1']):<22} {interval(result['integer']['top5']):<23} {interval(loss):<21} {most:>4}  "
            f"{', '.join(exact):<32} {summary['quantised_by']}"), wrong


def kept_lines(out):
    """(name, precision) -> line of the last run."""
    lines = out.read_text().splitlines() if out.exists() else []
    words = [line.split() for line in lines]
    return {(w[0], w[1]): line for w, line in zip(words, lines) if len(w) > 1 and w[1] in PRECISIONS}


def write(out, kept):
    lines = [kept[name, precision] for name in models(pathlib.Path()) for precision in PRECISIONS if (name, precision) in kept]
    missed = sum("  MISSED: " in line for line in lines)
    told = "every target is met" if missed == 0 else f"{missed} lines miss their target"
    out.write_text("\n".join([HEADER, *lines, told]) + "\n")


def main():
    if not DATA.is_dir():
        print("skipped: SLUICE_DATA is not set to the folder of the evaluation data")
        return 77
    out, names = pathlib.Path(sys.argv[2]), sys.argv[3:] or list(models(pathlib.Path()))
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    kept = kept_lines(out)
    print(HEADER, flush=True)
    failures = 0
    with tempfile.TemporaryDirectory(prefix="sluice-models-") as folder:
        runner = Runner(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(folder))
        for name in names:
            for precision in PRECISIONS:
                line, wrong = measure(runner, name, precision, runner.scratch)
                line = f"{line.rstrip()}; {commit}" + ("  MISSED: " + "; ".join(wrong) if wrong else "")
                print(line, flush=True)
                failures += len(wrong)
                kept[name, precision] = line
                write(out, kept)
    print("every target is met" if failures == 0 else f"{failures} targets are missed")
    return failures != 0


sys.exit(main())
