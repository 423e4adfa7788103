# SPDX-License-Identifier: Apache-2.0
"""EfficientNet-Lite0 as an ONNX graph, from a dictionary of its weights.

Why: the package that holds the trained weights describes the network as PyTorch code; here a table and sixty lines do. The
architecture is that of Tan and Le, "EfficientNet" (ICML 2019), in its Lite form (TensorFlow's TPU repository, 2020): no
squeeze-excite, ReLU6 for Swish, stem and head of fixed width. A block: 1x1 convolution to `expand` times the channels (not where
that is 1), depthwise k x k, 1x1 to `channels`; the input is added where shape and channels are those of the output.

What is easily done wrong, and what it was in training (TensorFlow): padding is SAME, so at stride 2 on an even size more of it
lies below and right; BatchNormalization's epsilon is 1e-3.

Before: every weight that the table needs, with the shape that the table implies; else BadWeights names the first that is not so.
After: opset 13, input 1x3x224x224 (RGB, (pixel - 127) / 128), output 1x1000 scores before softmax; the checker has passed.
"""
import numpy
import onnx

EPSILON = 1e-3
STEM, HEAD, CLASSES, SIZE = 32, 1280, 1000, 224

# Blocks in the stage, kernel size, stride of the first, expand, channels.
STAGES = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
]


class BadWeights(Exception):
    """The weights are not those of this network; the text is a sentence for the user."""


class Graph:
    """Collects nodes and initialisers; each method returns the name of its result."""

    def __init__(self, weights):
        self.weights = {name: value for name, value in weights.items() if not name.endswith(".num_batches_tracked")}
        self.unused = set(self.weights)
        self.nodes, self.initialisers = [], []
        self.constant("zero", numpy.float32(0))
        self.constant("six", numpy.float32(6))

    def constant(self, name, value):
        self.initialisers.append(onnx.numpy_helper.from_array(numpy.asarray(value), name))
        return name

    def weight(self, name, shape):
        value = self.weights.get(name)
        if value is None or value.shape != shape or value.dtype != numpy.float32:
            found = "is missing" if value is None else f"is {value.dtype} {value.shape}"
            raise BadWeights(f"the weights are not those of EfficientNet-Lite0: {name} {found}, needed is float32 {shape}")
        self.unused.discard(name)
        return self.constant(name, value)

    def node(self, operator, name, inputs, **attributes):
        self.nodes.append(onnx.helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def convolution(self, source, name, norm, shape, size, stride=1, groups=1, relu6=True):
        """With BatchNormalization, and ReLU6 if asked; `size`: of the input map. (result, size of its map)."""
        out_size = -(-size // stride)
        pad = max((out_size - 1) * stride + shape[2] - size, 0)
        before, after = pad // 2, pad - pad // 2
        result = self.node("Conv", name, [source, self.weight(f"{name}.weight", shape)], kernel_shape=shape[2:],
                           strides=[stride] * 2, pads=[before, before, after, after], group=groups)
        parameters = [self.weight(f"{norm}.{part}", shape[:1]) for part in ("weight", "bias", "running_mean", "running_var")]
        result = self.node("BatchNormalization", norm, [result, *parameters], epsilon=EPSILON)
        return self.node("Clip", f"{norm}.relu6", [result, "zero", "six"]) if relu6 else result, out_size

    def block(self, source, name, size, channels, kernel, stride, expand, out_channels):
        inner, result = channels * expand, source
        if expand != 1:
            result, _ = self.convolution(result, f"{name}._expand_conv", f"{name}._bn0", (inner, channels, 1, 1), size)
        result, size = self.convolution(result, f"{name}._depthwise_conv", f"{name}._bn1", (inner, 1, kernel, kernel), size,
                                        stride, groups=inner)
        result, _ = self.convolution(result, f"{name}._project_conv", f"{name}._bn2", (out_channels, inner, 1, 1), size, relu6=False)
        if stride == 1 and channels == out_channels:
            result = self.node("Add", f"{name}.add", [result, source])
        return result, size


def build_model(weights, stages=STAGES, stem=STEM, head=HEAD, classes=CLASSES, size=SIZE):
    """The network of the table as a checked ModelProto."""
    graph = Graph(weights)
    channels, position = stem, 0
    result, map_size = graph.convolution("image", "_conv_stem", "_bn0", (stem, 3, 3, 3), size, stride=2)
    for repeats, kernel, stride, expand, out_channels in stages:
        for number in range(repeats):
            result, map_size = graph.block(result, f"_blocks.{position}", map_size, channels, kernel, 1 if number else stride, expand,
                                           out_channels)
            channels, position = out_channels, position + 1
    result, _ = graph.convolution(result, "_conv_head", "_bn1", (head, channels, 1, 1), map_size)
    result = graph.node("GlobalAveragePool", "pool", [result])
    result = graph.node("Flatten", "flat", [result])
    graph.node("Gemm", "scores", [result, graph.weight("_fc.weight", (classes, head)), graph.weight("_fc.bias", (classes,))], transB=1)
    if graph.unused:
        raise BadWeights(f"the weights are not those of EfficientNet-Lite0: {min(graph.unused)} has no place in it")
    value = onnx.helper.make_tensor_value_info
    model = onnx.helper.make_model(
        onnx.helper.make_graph(graph.nodes, "efficientnet-lite0", [value("image", onnx.TensorProto.FLOAT, [1, 3, size, size])],
                               [value("scores", onnx.TensorProto.FLOAT, [1, classes])], graph.initialisers),
        producer_name="sluice zoo", opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model
