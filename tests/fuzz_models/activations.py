# SPDX-License-Identifier: Apache-2.0
"""The elementwise operators that follow a layer, in the forms that exporters write.

Why apart from the layers: what goes wrong in an import is mostly their order (a clamp after a clamp, a normalisation
after an activation, one value read by two of them), so recipes draw lists of them freely.

    write(writer, list, x, shape, seed)   each entry [name, number ...] as nodes after x; the shape stays

Before: shape is (channels, height, width) or (features,). After: the name of the last value.
"""
import numpy


def _channel(seed, shape, low, high):
    """One number a channel, in a shape that broadcasts over a map or a row."""
    values = numpy.random.default_rng(seed).uniform(low, high, shape[0]).astype(numpy.float32)
    return values.reshape(-1, 1, 1) if len(shape) == 3 else values


def _batch_norm(w, x, shape, seed, is_signed):
    rng = numpy.random.default_rng(seed)
    c = shape[0]
    gamma = rng.uniform(0.5, 1.5, c)
    if is_signed:
        gamma *= rng.choice([-1, 1], c)
    parts = [gamma, rng.normal(0, 0.4, c), rng.normal(0, 0.4, c), rng.uniform(0.4, 1.6, c)]
    return w.node("BatchNormalization", [x] + [w.constant(part) for part in parts], epsilon=1e-3)


def _clip(w, x, low=None, high=None):
    if w.opset < 11:
        return w.node("Clip", [x], **({} if low is None else {"min": low}), **({} if high is None else {"max": high}))
    inputs = [x, "" if low is None else w.constant(numpy.float32(low))]
    return w.node("Clip", inputs + ([] if high is None else [w.constant(numpy.float32(high))]))


def _hard_sigmoid_written(w, x):
    y = _clip(w, w.node("Add", [x, w.constant(numpy.float32(3))]), 0.0, 6.0)
    return w.node("Div", [y, w.constant(numpy.float32(6))])


def _channels_last(w, x, shape, seed):
    """A normalisation over the last axis, between two transpositions."""
    y = w.node("Transpose", [x], perm=[0, 2, 3, 1])
    y = w.node("Mul", [y, w.constant(_channel(seed, shape, 0.5, 1.5).ravel())])
    y = w.node("Add", [y, w.constant(_channel(seed + 1, shape, -0.5, 0.5).ravel())])
    return w.node("Transpose", [y], perm=[0, 3, 1, 2])


def _one(w, entry, x, shape, seed):
    name, numbers = entry[0], entry[1:]
    if name in ("Relu", "Sigmoid", "Identity", "Neg", "Tanh", "Softplus", "HardSwish", "Selu"):
        return w.node(name, [x])
    if name in ("Elu", "Celu"):
        return w.node(name, [x], alpha=numbers[0])
    if name == "Gelu":
        return w.node("Gelu", [x], approximate=numbers[0])
    if name == "Mish":
        return w.node("Mish", [x]) if w.opset >= 18 else w.node("Mul", [x, w.node("Tanh", [w.node("Softplus", [x])])])
    if name == "HardSwish_written":
        return w.node("Mul", [x, _hard_sigmoid_written(w, x)])
    if name == "HardSwish_divided":  # x * clip(x + 3, 0, 6), then the division
        clipped = _clip(w, w.node("Add", [x, w.constant(numpy.float32(3))]), 0.0, 6.0)
        return w.node("Div", [w.node("Mul", [x, clipped]), w.constant(numpy.float32(6))])
    if name == "HardSigmoid":
        return w.node("HardSigmoid", [x], alpha=1 / 6, beta=0.5)
    if name == "HardSigmoid_written":
        return _hard_sigmoid_written(w, x)
    if name == "SiLU":
        return w.node("Mul", [x, w.node("Sigmoid", [x])])
    if name == "Dropout":
        return w.node("Dropout", [x])
    if name == "LeakyRelu":
        return w.node("LeakyRelu", [x], alpha=numbers[0])
    if name == "PRelu":
        return w.node("PRelu", [x, w.constant(_channel(seed, shape, -0.2, 1.0))])
    if name == "Clip":
        return _clip(w, x, numbers[0], numbers[1])
    if name in ("Min", "Max"):
        operands = [x, w.constant(numpy.float32(numbers[0]))]
        return w.node(name, operands if numbers[1] else operands[::-1])
    if name == "BatchNormalization":
        return _batch_norm(w, x, shape, seed, numbers[0])
    if name == "transposed" and len(shape) == 3:
        return _channels_last(w, x, shape, seed)
    if name == "transposed":
        return x
    if name == "add_last":
        return w.node("Add", [x, w.constant(_channel(seed, (numbers[0], ), -0.5, 0.5))])
    op, _, kind = name.partition("_")
    low, high = (-1, 1) if op in ("add", "sub") else (0.6, 1.6)
    operand = w.constant(
        _channel(seed, shape, low, high) if kind ==
        "channel" else numpy.float32(numpy.random.default_rng(seed).uniform(low, high)))
    swapped = len(numbers) > 0 and numbers[0] and op != "div"
    return w.node(op.capitalize(), [operand, x] if swapped else [x, operand])


def write(w, entries, x, shape, seed):
    for i, entry in enumerate(entries):
        x = _one(w, entry, x, shape, seed + 7 * i)
    return x
