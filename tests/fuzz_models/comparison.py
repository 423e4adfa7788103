# SPDX-License-Identifier: Apache-2.0
"""One recipe through ONNX Runtime and through Sluice, and what came of it.

    examine(recipe, pictures, runner)    a Finding; recipe["run"]["last"] is the last stage of model_runner to take
    models_of(recipe, pictures)          the model as Sluice gets it, and the one whose scores are right

What is held against what:
  float     outputs of the normal form against ONNX Runtime's, every score within FLOAT_TOLERANCE of the largest; for
            models with Q/DQ pairs against the model that saturates without rounding, and HALF_STEPS times what it
            changes to saturate half a step later (quantiser.py)
  integer   scores of the bundle's integer network against those of the normal form: the error's root mean square over
            that of what pictures change. Some random networks are too coarse for 8 bits, so the same network in 16
            bits decides: an import or a quantisation that is wrong is wrong in both.
  pocl      the device's codes against the evaluator's: equal
And what `check` supports must be planned, and its bundle opened.
"""
import collections
import dataclasses

import numpy

import network_writer
import onnxruntime_scores
import quantiser

FLOAT_TOLERANCE = 3e-4
HALF_STEPS = 2
MOST_ERROR = {8: 0.1, 16: 0.02}  # by bits
LEAST_SPREAD = 0.03  # of the scores: what pictures change by less is lost in codes of 8 bits, and is no error

Finding = collections.namedtuple("Finding", "kind detail reasons", defaults=["", ()])
# Results that are no fault.
EQUAL, COARSE, REFUSED, NO_MODEL = "equal", "equal, too coarse for int8", "refused", "no model"


def last_stage(kind):
    """The stage of model_runner that shows a difference of this kind."""
    first = kind.split(":")[0]
    return {
        "check": "float", "float": "float", "float differs": "float", "supported, not read": "float", "pocl": "pocl",
        "pocl differs": "pocl"
    }.get(first, "bundle")


@dataclasses.dataclass
class Models:
    given: object
    right: object
    right_late: object  # with Q/DQ pairs: saturates half a step later
    is_loose: bool  # only a model with rounding is known to be right


def models_of(recipe, pictures):
    folder, pixels = pictures.of_shape(recipe["input"])
    model = network_writer.write_network(recipe)
    fed = onnxruntime_scores.inputs(pixels, recipe["layout"])
    if recipe["quantise"]:
        model = quantiser.quantise(model, recipe["quantise"], fed)
    if recipe["saved"]:
        model = quantiser.save_optimised(model, recipe["saved"])
    try:
        pair = [quantiser.saturating(model, slack)
                for slack in (0, 0.5)] if quantiser.is_quantised(model) else [model, None]
        models = Models(model, *pair, is_loose=False)
    except quantiser.NotSaturating:
        models = Models(model, model, None, is_loose=True)
    return models, folder, fed


def _right_scores(models, fed):
    """What is right, and by how much each picture's scores may be off, as a share of the largest."""
    right = onnxruntime_scores.scores(models.right, fed).astype(numpy.float64)
    if models.is_loose:
        return right, 0.5
    if models.right_late is None:
        return right, FLOAT_TOLERANCE
    late = onnxruntime_scores.scores(models.right_late, fed)
    return right, FLOAT_TOLERANCE + HALF_STEPS * numpy.abs(late - right).max() / _unit(right)


def _unit(scores):
    return max(numpy.abs(scores).max(), 1e-3)


def _float_difference(ours, right, tolerance):
    """What is wrong, or nothing."""
    ours = numpy.array(ours, dtype=numpy.float64)  # None, JSON's word for what is no number, becomes NaN
    if ours.shape != right.shape:
        return f"{ours.shape[1]} scores, not {right.shape[1]}"
    error = numpy.abs(ours - right).max() / _unit(right)
    if error <= tolerance:
        return ""
    same = numpy.mean(ours.argmax(1) == right.argmax(1))
    return (f"largest difference {error:.2g} of the largest score ({tolerance:.2g} allowed), "
            f"top-1 agrees on {100 * same:.0f} %")


def integer_error(integer, scores):
    integer, scores = numpy.array(integer, dtype=numpy.float64), numpy.array(scores, dtype=numpy.float64)
    spread = numpy.sqrt(numpy.mean((scores - scores.mean(0))**2))
    least = LEAST_SPREAD * numpy.sqrt(numpy.mean(scores**2)) + 1e-6
    return numpy.sqrt(numpy.mean((integer - scores)**2)) / max(spread, least)


def _integer_finding(answer, bits, ask):
    error = integer_error(answer["integer"], answer["scores"])
    if error <= MOST_ERROR[bits]:
        return Finding(EQUAL, f"{error:.3g}")
    wide = ask(bits=16, last="bundle")
    if "integer" not in wide:
        return Finding("int16 " + wide["failed"]["stage"], wide["failed"]["text"])
    wide_error = integer_error(wide["integer"], wide["scores"])
    if wide_error <= MOST_ERROR[16]:
        return Finding(COARSE, f"int8 {error:.3g}, int16 {wide_error:.3g}")
    return Finding("integer differs", f"int8 errs by {error:.2g}, int16 by {wide_error:.2g} of what pictures change")


def judge(answer, right, tolerance, bits, ask):
    failed = answer.get("failed")
    if failed and (failed["fault"] != "user" or failed["stage"] not in ("check", "float", "plan")):
        return Finding(f"{failed['stage']}: {failed['fault']}", failed["text"])
    if failed and failed["stage"] == "check":
        return Finding(REFUSED, reasons=[failed["text"]])
    if "check" in answer and answer["check"]["refused"]:
        return Finding(REFUSED, reasons=answer["check"]["refused"])
    if failed and failed["stage"] == "float":
        return Finding("supported, not read", failed["text"])
    different = _float_difference(answer["outputs"], right, tolerance)
    if different:
        return Finding("float differs", different)
    if failed:
        return Finding("supported, not planned", failed["text"])
    if "integer" not in answer:  # it was not to go so far
        return Finding(EQUAL)
    pocl = answer.get("pocl")
    if pocl and pocl["equal"] != pocl["images"]:
        return Finding("pocl differs", pocl["difference"])
    return _integer_finding(answer, bits, ask)


def examine(recipe, pictures, runner):
    try:
        models, folder, fed = models_of(recipe, pictures)
        right, tolerance = _right_scores(models, fed)
    except (network_writer.Impossible, quantiser.NotQuantised, onnxruntime_scores.NotRun) as reason:
        return Finding(NO_MODEL, f"{type(reason).__name__}: {reason}")
    if not numpy.isfinite(right).all():
        return Finding(NO_MODEL, "scores that are no numbers")

    def ask(**changed):
        return runner.ask(models.given, folder, **{**recipe["run"], **changed})

    return judge(ask(), right, tolerance, recipe["run"]["bits"], ask)
