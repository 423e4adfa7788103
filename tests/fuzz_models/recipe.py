# SPDX-License-Identifier: Apache-2.0
"""Random recipes of classifiers: a plain tree of words and numbers, which network_writer.py turns into ONNX.

The weights of the draw follow what is easy to get wrong rather than what is frequent: clamps that meet, a value with
two readers, windows that hang over an edge, normalisations in odd places. Rare forms, which may be refused, are drawn
in a part of the networks only: one of them hides whatever else is in its network.

    draw(rng)     one recipe that network_writer.write_network() accepts

Every block has "kind", "seed" of its weights and "after", the activations that follow it.
"""
import collections

import network_writer

CLAMPS = [-2.0, -1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 6.0]
# Activations with their weight; those with None take numbers drawn below.
ACTIVATIONS = [("Relu", 20), ("BatchNormalization", 10), ("Clip", 10), ("Clip_low", 6), ("Clip_high", 6), ("Max", 3),
               ("Min", 3), ("HardSwish", 2), ("HardSwish_written", 0.7), ("HardSwish_divided", 0.7),
               ("HardSigmoid", 1.5), ("HardSigmoid_written", 1.5), ("mul_channel", 2), ("add_channel", 2),
               ("sub_channel", 1), ("div_channel", 1), ("mul_scalar", 1.5), ("add_scalar", 1.5), ("sub_scalar", 1),
               ("div_scalar", 1), ("Identity", 2), ("Dropout", 1), ("transposed", 2), ("Neg", 0.5), ("LeakyRelu", 1.5),
               ("PRelu", 1.5), ("SiLU", 2), ("Sigmoid", 1), ("Tanh", 1), ("Softplus", 0.5), ("Elu", 0.7), ("Selu", 0.5),
               ("Celu", 0.5), ("Gelu", 1), ("Mish", 0.7)]
RARE = {"transposed", "Min", "Max", "Neg"}
SINCE = {"Celu": 12, "Gelu": 20}

Style = collections.namedtuple("Style", "opset is_rare")


def _pick(rng, weighted):
    """One of (value, weight) pairs."""
    weights = [weight for _, weight in weighted]
    return weighted[rng.choice(len(weighted), p=[weight / sum(weights) for weight in weights])][0]


def _one_of(rng, *values):
    return values[rng.integers(len(values))]


def _activation(rng, style):
    name = _pick(rng, [entry for entry in ACTIVATIONS if style.is_rare or entry[0] not in RARE])
    if name == "HardSwish" and style.opset < 14:
        name = "HardSwish_written"
    if name in ("Min", "Max") and style.opset < 8:
        name = "Relu"
    if name == "BatchNormalization":
        return [name, bool(rng.random() < 0.3)]
    if style.opset < SINCE.get(name, 0):
        name = "Elu"
    if name in ("LeakyRelu", "Elu", "Celu"):
        return [name, _one_of(rng, 0.1, 0.5, 1.0) if name == "LeakyRelu" else _one_of(rng, 0.5, 1.0, 1.5)]
    if name == "Gelu":
        return [name, _one_of(rng, "none", "tanh")]
    if name.startswith("Clip"):
        low, high = sorted(rng.choice(CLAMPS, 2, replace=False).tolist())
        return ["Clip", None if name == "Clip_high" else low, None if name == "Clip_low" else high]
    if name in ("Min", "Max"):
        return [name, float(rng.choice(CLAMPS)), bool(rng.random() < 0.7)]
    if name[:3] in ("mul", "add", "sub"):
        return [name, bool(rng.random() < 0.3)]
    return [name]


def _after(rng, style):
    """Mostly what networks have, often what they might have."""
    roll = rng.random()
    if roll < 0.15:
        return []
    if roll < 0.35:
        return [["BatchNormalization", False], ["Relu"]]
    if roll < 0.45:
        return [["BatchNormalization", False], ["Clip", 0.0, 6.0]]
    return [_activation(rng, style) for _ in range(rng.integers(1, 5))]


def _seed(rng):
    return int(rng.integers(1 << 30))


def _pads(rng, kernel, keeps_size, most):
    if keeps_size:
        return [(kernel[0] - 1) // 2, (kernel[1] - 1) // 2, kernel[0] // 2, kernel[1] // 2]
    if rng.random() < 0.5:
        return [kernel[0] // 2, kernel[1] // 2] * 2
    return [int(rng.integers(0, most(kernel[i % 2]) + 1)) for i in range(4)]


def _auto_pad(rng, keeps_size):
    if rng.random() < 0.85:
        return ""
    return _one_of(rng, "SAME_UPPER", "SAME_LOWER") if keeps_size else _one_of(rng, "SAME_UPPER", "SAME_LOWER", "VALID")


def _kernel(rng, largest):
    side = _pick(rng, [(1, 3), (2, 1.5), (3, 6), (5, 1), (4, 0.7)])
    kernel = [side, side] if rng.random() < 0.8 else [side, int(rng.integers(1, 4))]
    return [min(k, largest) for k in kernel]


def _conv(rng, style, filters=None, keeps_size=False, largest=5):
    kernel = _kernel(rng, largest)
    is_depthwise = filters is None and rng.random() < 0.18
    dilations = [2, 2] if rng.random() < 0.08 and not keeps_size else [1, 1]
    strides = [1, 1] if keeps_size else _pick(rng, [([1, 1], 5), ([2, 2], 4), ([2, 1], 0.7), ([1, 3], 0.3)])
    wide = rng.random() < 0.1  # pads as large as the window, or larger
    return {
        "kind": "conv", "seed": _seed(rng), "filters": filters
        or int(_pick(rng, [(4, 3), (6, 2), (8, 4), (12, 2), (5, 1), (16, 1)])), "kernel": kernel, "strides": strides,
        "pads": _pads(rng, kernel, keeps_size, (lambda k: k + 1) if wide else
                      (lambda k: k - 1)), "dilations": dilations, "groups": 2 if rng.random() < 0.06 else 1,
        "depthwise": int(_pick(rng, [(1, 4), (2, 1)])) if is_depthwise else 0, "bias": bool(rng.random() < 0.7),
        "auto_pad": _auto_pad(rng, keeps_size), "after": _after(rng, style)
    }


def _pool(rng, style, keeps_size=False):
    side = 3 if keeps_size else _pick(rng, [(2, 5), (3, 5), (4, 1), (1, 0.3)])
    kernel = [side, side] if keeps_size or rng.random() < 0.85 else [side, max(1, side - 1)]
    strides = [1, 1] if keeps_size else _pick(rng, [([2, 2], 6), ([1, 1], 2), ([3, 3], 1), ([3, 2], 0.7)])
    op = _one_of(rng, "MaxPool", "AveragePool")
    pads = _pads(rng, kernel, keeps_size, lambda k: k - 1) if keeps_size or rng.random() < 0.5 else [0, 0, 0, 0]
    return {
        "kind": "pool", "seed": _seed(rng), "op": op, "kernel": kernel, "strides": strides, "pads": pads,
        "auto_pad": _auto_pad(rng, keeps_size) if op == "MaxPool" else "",
        "ceil_mode": bool(not keeps_size and style.opset >= 10
                          and rng.random() < 0.3), "count_include_pad": bool(not style.is_rare or rng.random() < 0.5),
        "after": _after(rng, style) if rng.random() < 0.4 else []
    }


def _act(rng, style):
    return {"kind": "act", "seed": _seed(rng), "after": _after(rng, style)}


def _body(rng, style, channels):
    """Blocks that keep a map's size, and its channels where they are given."""
    if rng.random() < 0.2:
        return [_act(rng, style)]
    body = [
        _conv(rng, style, keeps_size=True) if rng.random() < 0.8 else _pool(rng, style, True)
        for _ in range(rng.integers(0, 3))
    ]
    if channels is not None:
        body.append(_conv(rng, style, filters=channels, keeps_size=True))
    return body


def _residual(rng, style, shape):
    channels = shape[0]
    shortcut = []
    if rng.random() < 0.4:
        channels = int(_one_of(rng, 4, 8, 12))
        shortcut = [_conv(rng, style, filters=channels, keeps_size=True, largest=1)]
    return {
        "kind": "residual", "seed": _seed(rng), "body": _body(rng, style, channels), "shortcut": shortcut,
        "join": "Sub" if rng.random() < 0.05 else "Add", "swapped": bool(rng.random() < 0.4),
        "after": _after(rng, style)
    }


def _branch(rng, style):
    bodies = [
        _body(rng, style, None if rng.random() < 0.4 else int(_one_of(rng, 2, 4, 6))) for _ in range(rng.integers(2, 4))
    ]
    if rng.random() < 0.2:
        bodies[0] = []
    return {
        "kind": "branch", "seed": _seed(rng), "bodies": bodies,
        "axis": 1 if style.opset < 11 or rng.random() < 0.8 else -3,
        "after": _after(rng, style) if rng.random() < 0.5 else []
    }


def _squeeze(rng, style):
    gate = _one_of(rng, ["HardSigmoid"], ["HardSigmoid_written"], ["HardSigmoid"], ["Clip", 0.0, 1.0],
                   ["Sigmoid"])
    return {
        "kind": "squeeze", "seed": _seed(rng), "reduced": int(_one_of(rng, 2, 4)), "gate": gate,
        "mean": _one_of(rng, "pool", "mean"), "swapped": bool(rng.random() < 0.3), "after": _after(rng, style)
    }


def _block(rng, style, shape):
    kind = _pick(rng, [("conv", 10), ("pool", 4), ("residual", 4), ("branch", 3), ("act", 1), ("squeeze", 0.8),
                       ("pad", 1), *([("shuffle", 0.5), ("slice", 0.5)] if style.is_rare else [])])
    if kind == "conv":
        return _conv(rng, style)
    if kind == "pool":
        return _pool(rng, style)
    if kind == "residual":
        return _residual(rng, style, shape)
    if kind == "branch":
        return _branch(rng, style)
    if kind == "act":
        return _act(rng, style)
    if kind == "squeeze":
        return _squeeze(rng, style)
    if kind == "pad":
        return {"kind": "pad", "seed": _seed(rng), "pads": rng.integers(0, 3, 4).tolist(), "after": []}
    if kind == "shuffle":
        return {"kind": "shuffle", "seed": _seed(rng), "groups": 2, "after": []}
    axis = int(_pick(rng, [(1, 3), (2, 1), (3, 1)]))
    return {
        "kind": "slice", "seed": _seed(rng), "axis": axis, "start": int(rng.integers(0, 2)),
        "step": int(rng.integers(1, 3)), "after": []
    }


def _tail(rng, style, shape):
    pool = _pick(rng, [("global", 5), ("mean_kept", 1), ("mean", 2), ("mean_last", 0.5), ("two_means", 0.3),
                       ("whole_map", 1), ("none", 3), ("global_max", 0.5 if style.is_rare else 0)])
    flattens = [
        "flatten", "flatten", "reshape", "reshape_open", "reshape_zero", "shape_chain", "last_flatten", "last_reshape"
    ] + ([] if pool == "none" and shape[1:] != (1, 1) else ["squeeze"])
    dense = _pick(rng, [("gemm", 3), ("gemm_transposed", 4), ("gemm_scaled", 1), ("matmul", 1), ("matmul_add", 2),
                        ("matmul_add_swapped", 1), ("conv", 2)])
    if dense == "conv" and pool == "none":
        pool = "global"
    return {
        "seed": _seed(rng), "pool": pool, "flatten": _one_of(rng, *flattens), "dense": dense,
        "classes": int(rng.integers(3, 11)), "between": _after(rng, style) if rng.random() < 0.25 else [],
        "hidden": [int(_one_of(rng, 6, 16))] if rng.random() < 0.25 else [], "after_hidden": _after(rng, style),
        "end": _pick(rng, [("", 8), ("Softmax", 1.5), ("LogSoftmax", 0.5), ("Sigmoid", 0.4), ("Identity", 0.3)])
    }


def _draw_once(rng):
    opset = int(
        _pick(rng, [(7, 0.5), (9, 1), (10, 1), (11, 2), (12, 1), (13, 5), (14, 1), (15, 1), (17, 5), (18, 1), (20, 1),
                    (21, 1.5)]))
    style = Style(opset, bool(rng.random() < 0.3))
    shape = (int(_pick(rng, [(3, 4), (1, 1)])), int(rng.integers(6, 19)), int(rng.integers(6, 19)))
    recipe = {
        "seed": _seed(rng), "opset": opset, "input": list(shape), "layout": "last" if rng.random() < 0.15 else "first",
        "normalised": "before" if rng.random() < 0.1 else "",
        "constants": "nodes" if rng.random() < 0.2 else "initialisers", "blocks": []
    }
    for _ in range(rng.integers(1, 6)):
        for _attempt in range(10):
            block = _block(rng, style, shape)
            writer = network_writer.Writer(opset, "initialisers")
            try:
                next_shape = network_writer.write_blocks(writer, [block], "x", shape)[1]
            except network_writer.Impossible:
                continue
            if next_shape[0] * next_shape[1] * next_shape[2] <= 8192:
                recipe["blocks"].append(block)
                shape = next_shape
                break
    recipe["tail"] = _tail(rng, style, shape)
    return recipe


def draw(rng):
    while True:
        recipe = _draw_once(rng)
        try:
            network_writer.write_network(recipe)
            return recipe
        except network_writer.Impossible:
            continue
