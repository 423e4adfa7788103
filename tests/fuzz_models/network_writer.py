# SPDX-License-Identifier: Apache-2.0
"""From a recipe to an ONNX model: the nodes that exporters of an opset would write for it.

Why apart from the draw (recipe.py): a recipe is a plain tree of numbers and words, so the shrinker can take pieces away
and write the rest again. Weights of a block come from the block's own seed, so those of its neighbours stay.

    write_network(recipe)      the model; Impossible where the pieces do not go together (a map that ends up empty,
                               operands of two shapes)

Every value's shape is followed while writing, since dense layers and joins need it. A map is (channels, height, width),
a row (features,).
"""
import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

import activations


class Impossible(Exception):
    """The recipe does not describe a network."""


class Writer:
    """Nodes and constants of a model on its way."""
    def __init__(self, opset, constants):
        self.opset, self.constants = opset, constants
        self.nodes, self.initialisers, self.count = [], [], 0

    def node(self, op, inputs, **attributes):
        self.count += 1
        name = f"{op}_{self.count}"
        self.nodes.append(helper.make_node(op, inputs, [f"{name}_out"], name=name, **attributes))
        return f"{name}_out"

    def constant(self, values, dtype=numpy.float32):
        self.count += 1
        tensor = numpy_helper.from_array(numpy.asarray(values, dtype), f"constant_{self.count}")
        if self.constants == "nodes" and tensor.ByteSize() < 4096:
            self.nodes.append(
                helper.make_node("Constant", [], [tensor.name], name=f"Constant_{self.count}", value=tensor))
        else:
            self.initialisers.append(tensor)
        return tensor.name

    def axes(self, op, x, axes, since, **attributes):
        """An operator whose axes became an input with opset `since`."""
        if self.opset < since:
            return self.node(op, [x], axes=axes, **attributes)
        return self.node(op, [x, self.constant(axes, numpy.int64)], **attributes)


def _normal(seed, *shape, fan_in=2.0):
    return numpy.random.default_rng(seed).normal(0, (2 / fan_in)**0.5, shape).astype(numpy.float32)


def _window_size(size, kernel, stride, before, after, dilation, auto_pad, ceil_mode=0):
    extent = dilation * (kernel - 1) + 1
    if auto_pad.startswith("SAME") and dilation > 1:
        raise Impossible("ONNX Runtime has no SAME pads for dilated windows")
    if auto_pad.startswith("SAME"):
        return -(-size // stride)
    span = size + (0 if auto_pad == "VALID" else before + after) - extent
    if span < 0:
        raise Impossible("a window larger than its map")
    count = (-(-span // stride) if ceil_mode else span // stride) + 1
    # A window that would start in the padding after the map is none.
    return count - 1 if ceil_mode and (count - 1) * stride >= size + before else count


def _window_shape(block, shape, channels):
    (top, left, bottom, right), dilations = block["pads"], block.get("dilations", [1, 1])
    height, width = (_window_size(shape[1 + i],
                                  block["kernel"][i], block["strides"][i], *pads, dilations[i], block["auto_pad"],
                                  block.get("ceil_mode", 0)) for i, pads in enumerate([(top, bottom), (left, right)]))
    if min(height, width) < 1:
        raise Impossible("an empty map")
    return channels, height, width


def _window_attributes(block):
    attributes = {"kernel_shape": block["kernel"], "strides": block["strides"]}
    if block["auto_pad"]:
        attributes["auto_pad"] = block["auto_pad"]
    else:
        attributes["pads"] = block["pads"]
    return attributes


def _conv(w, block, x, shape):
    groups, filters = block["groups"], block["filters"]
    if block["depthwise"]:
        groups, filters = shape[0], block["depthwise"] * shape[0]
    if shape[0] % groups or filters % groups:
        raise Impossible("groups that do not divide the channels")
    fan_in = shape[0] // groups * block["kernel"][0] * block["kernel"][1]
    inputs = [x, w.constant(_normal(block["seed"], filters, shape[0] // groups, *block["kernel"], fan_in=fan_in))]
    if block["bias"]:
        inputs.append(w.constant(0.4 * _normal(block["seed"] + 1, filters)))
    attributes = _window_attributes(block)
    if block["dilations"] != [1, 1]:
        attributes["dilations"] = block["dilations"]
    if groups != 1:
        attributes["group"] = groups
    return w.node("Conv", inputs, **attributes), _window_shape(block, shape, filters)


def _pool(w, block, x, shape):
    attributes = _window_attributes(block)
    if block["ceil_mode"] and w.opset >= 10:
        attributes["ceil_mode"] = 1
    elif block["ceil_mode"]:
        raise Impossible("ceil_mode came with opset 10")
    if block["op"] == "AveragePool" and block["count_include_pad"]:
        attributes["count_include_pad"] = 1
    if not block["auto_pad"] and any(pad >= block["kernel"][i % 2] for i, pad in enumerate(block["pads"])):
        raise Impossible("a pool's pads are smaller than its window")
    return w.node(block["op"], [x], **attributes), _window_shape(block, shape, shape[0])


def _pad(w, block, x, shape):
    top, left, bottom, right = block["pads"]
    pads = [0, 0, top, left, 0, 0, bottom, right]
    if w.opset < 11:
        y = w.node("Pad", [x], pads=pads, mode="constant", value=0.0)
    else:
        y = w.node("Pad", [x, w.constant(pads, numpy.int64)], mode="constant")
    return y, (shape[0], shape[1] + top + bottom, shape[2] + left + right)


def _residual(w, block, x, shape):
    left, left_shape = write_blocks(w, block["body"], x, shape)
    right, right_shape = write_blocks(w, block["shortcut"], x, shape)
    if left_shape != right_shape:
        raise Impossible("a sum of two shapes")
    operands = [right, left] if block["swapped"] else [left, right]
    return w.node(block["join"], operands), left_shape


def _branch(w, block, x, shape):
    ends = [write_blocks(w, body, x, shape) for body in block["bodies"]]
    if len({end[1][1:] for end in ends}) != 1:
        raise Impossible("a concatenation of maps of several sizes")
    return w.node("Concat", [end[0] for end in ends],
                  axis=block["axis"]), (sum(end[1][0] for end in ends), *ends[0][1][1:])


def _squeeze(w, block, x, shape):
    c, r = shape[0], block["reduced"]
    y = w.node("GlobalAveragePool", [x]) if block["mean"] == "pool" else w.axes("ReduceMean", x, [2, 3], 18, keepdims=1)
    y = w.node(
        "Conv",
        [y,
         w.constant(_normal(block["seed"], r, c, 1, 1, fan_in=c)),
         w.constant(0.4 * _normal(block["seed"] + 1, r))])
    y = w.node("Relu", [y])
    y = w.node(
        "Conv",
        [y, w.constant(_normal(block["seed"] + 2, c, r, 1, 1, fan_in=r)),
         w.constant(_normal(block["seed"] + 3, c))])
    gate = activations.write(w, [block["gate"]], y, (c, 1, 1), block["seed"] + 4)
    return w.node("Mul", [gate, x] if block["swapped"] else [x, gate]), shape


def _shuffle(w, block, x, shape):
    c, h, width = shape
    g = block["groups"]
    if c % g:
        raise Impossible("groups that do not divide the channels")
    y = w.node("Reshape", [x, w.constant([1, g, c // g, h, width], numpy.int64)])
    y = w.node("Transpose", [y], perm=[0, 2, 1, 3, 4])
    return w.node("Reshape", [y, w.constant([1, c, h, width], numpy.int64)]), shape


def _slice(w, block, x, shape):
    if w.opset < 10:
        raise Impossible("Slice took attributes before opset 10")
    axis, step = block["axis"], block["step"]
    y = w.node("Slice",
               [x] + [w.constant(v, numpy.int64) for v in ([block["start"]], [shape[axis - 1]], [axis], [step])])
    sizes = list(shape)
    sizes[axis - 1] = len(range(block["start"], shape[axis - 1], step))
    if sizes[axis - 1] < 1:
        raise Impossible("an empty map")
    return y, tuple(sizes)


def _act(_w, _block, x, shape):
    return x, shape


KINDS = {
    "conv": _conv, "pool": _pool, "pad": _pad, "residual": _residual, "branch": _branch, "squeeze": _squeeze,
    "shuffle": _shuffle, "slice": _slice, "act": _act
}


def write_blocks(w, blocks, x, shape):
    for block in blocks:
        x, shape = KINDS[block["kind"]](w, block, x, shape)
        x = activations.write(w, block["after"], x, shape, block["seed"] + 100)
    return x, shape


def _flatten(w, how, x, features):
    if how.startswith("last_"):  # channels-last exporters count features pixel by pixel
        x, how = w.node("Transpose", [x], perm=[0, 2, 3, 1]), how[5:]
    if how == "flatten":
        return w.node("Flatten", [x], axis=1)
    if how == "squeeze":
        return w.axes("Squeeze", x, [2, 3], 13)
    if how == "shape_chain":
        first = w.node("Gather", [w.node("Shape", [x]), w.constant(0, numpy.int64)], axis=0)
        first = w.axes("Unsqueeze", first, [0], 13)
        return w.node("Reshape", [x, w.node("Concat", [first, w.constant([-1], numpy.int64)], axis=0)])
    target = {"reshape": [1, -1], "reshape_open": [-1, features], "reshape_zero": [0, -1]}[how]
    return w.node("Reshape", [x, w.constant(target, numpy.int64)])


def _dense(w, how, x, features, classes, seed):
    weights, bias = _normal(seed, features, classes, fan_in=features), w.constant(0.3 * _normal(seed + 1, classes))
    if how == "gemm":
        return w.node("Gemm", [x, w.constant(weights), bias])
    if how == "gemm_transposed":
        return w.node("Gemm", [x, w.constant(weights.T.copy()), bias], transB=1)
    if how == "gemm_scaled":
        return w.node("Gemm", [x, w.constant(weights.T.copy()), bias], transB=1, alpha=0.5, beta=2.0)
    y = w.node("MatMul", [x, w.constant(weights)])
    return w.node("Add",
                  [y, bias]) if how == "matmul_add" else w.node("Add", [bias, y]) if how == "matmul_add_swapped" else y


def _classifier(w, tail, x, shape):
    """From a map to a row of scores."""
    classes, seed = tail["classes"], tail["seed"]
    if tail["dense"] == "conv":  # fully convolutional: scores as a map of one pixel
        x = w.node("Conv", [
            x,
            w.constant(_normal(seed, classes, shape[0], 1, 1, fan_in=shape[0])),
            w.constant(0.3 * _normal(seed + 1, classes))
        ])
        shape = (classes, *shape[1:])
        x = activations.write(w, tail["between"], x, shape, seed + 200)
    if tail["pool"] == "global":
        x, shape = w.node("GlobalAveragePool", [x]), (shape[0], 1, 1)
    elif tail["pool"] == "global_max":
        x, shape = w.node("GlobalMaxPool", [x]), (shape[0], 1, 1)
    elif tail["pool"] == "mean_kept":
        x, shape = w.axes("ReduceMean", x, [2, 3], 18, keepdims=1), (shape[0], 1, 1)
    elif tail["pool"] == "mean":
        x, shape = w.axes("ReduceMean", x, [-2, -1] if w.opset >= 11 else [2, 3], 18, keepdims=0), (shape[0], )
    elif tail["pool"] == "mean_last":
        x, shape = w.axes("ReduceMean", w.node("Transpose", [x], perm=[0, 2, 3, 1]), [1, 2], 18,
                          keepdims=0), (shape[0], )
    elif tail["pool"] == "two_means":
        x = w.axes("ReduceMean", w.axes("ReduceMean", x, [3], 18, keepdims=0), [2], 18, keepdims=0)
        shape = (shape[0], )
    elif tail["pool"] == "whole_map":
        x, shape = w.node("AveragePool", [x], kernel_shape=list(shape[1:])), (shape[0], 1, 1)
    features = int(numpy.prod(shape))
    if features > 4096:
        raise Impossible("too many features for a small network")
    if len(shape) == 3:
        if tail["flatten"] == "squeeze" and shape[1:] != (1, 1):
            raise Impossible("only axes of length 1 can be squeezed")
        x = _flatten(w, tail["flatten"], x, features)
    if tail["dense"] == "conv":
        return x
    x = activations.write(w, tail["between"], x, (features, ), seed + 200)
    for i, hidden in enumerate(tail["hidden"]):
        x = activations.write(w, tail["after_hidden"], _dense(w, tail["dense"], x, features, hidden, seed + 10 * i + 2),
                              (hidden, ), seed + 300)
        features = hidden
    return _dense(w, tail["dense"], x, features, classes, seed)


def _first(w, recipe, x):
    """What stands between the picture and the first block."""
    channels = recipe["input"][0]
    seed = recipe["seed"]
    if recipe["layout"] == "last":
        if recipe["normalised"] == "before":
            x = activations.write(w, [["mul_scalar"], ["add_last", channels]], x, (channels, ), seed)
        x = w.node("Transpose", [x], perm=[0, 3, 1, 2])
    elif recipe["normalised"] == "before":
        x = activations.write(w, [["sub_scalar"], ["div_channel"]], x, tuple(recipe["input"]), seed)
    return x


def write_network(recipe):
    w = Writer(recipe["opset"], recipe["constants"])
    c, h, width = recipe["input"]
    dims = [1, c, h, width] if recipe["layout"] == "first" else [1, h, width, c]
    x, shape = write_blocks(w, recipe["blocks"], _first(w, recipe, "picture"), (c, h, width))
    scores = _classifier(w, recipe["tail"], x, shape)
    if recipe["tail"]["end"]:
        scores = w.node(recipe["tail"]["end"], [scores], **({"axis": 1} if "Softmax" in recipe["tail"]["end"] else {}))
    w.nodes[-1].output[0] = "scores"
    for node in w.nodes[:-1]:
        assert scores not in node.input
    graph = helper.make_graph(
        w.nodes, "fuzzed", [helper.make_tensor_value_info("picture", TensorProto.FLOAT, dims)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, recipe["tail"]["classes"]])], w.initialisers)
    model = helper.make_model(graph,
                              opset_imports=[helper.make_opsetid("", recipe["opset"])],
                              producer_name="fuzz_models")
    model.ir_version = 8
    return model
