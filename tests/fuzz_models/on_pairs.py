# SPDX-License-Identifier: Apache-2.0
"""A model in onnxruntime's QOperator format, written with pairs of QuantizeLinear and DequantizeLinear.

Why: only a model with pairs can be made to saturate without rounding (quantiser.saturating), and a comparison with a
model that rounds is too loose to find anything small.

    on_pairs(model)     each operator on codes as DequantizeLinear, that operator, QuantizeLinear; others as they are

Before: scales and zero points are initialisers, as the quantiser writes them. After: operators it does not know stay.
"""
import numpy
import onnx
from onnx import helper, numpy_helper

# What each stands for, its operands, and the place of its result's scale.
FORMS = {
    "QLinearConv": ("Conv", [0, 3], 6), "QLinearMatMul": ("MatMul", [0, 3], 6), "QGemm": ("Gemm", [0, 3], 7),
    "QLinearAdd": ("Add", [0, 3], 6), "QLinearMul": ("Mul", [0, 3], 6), "QLinearAveragePool": ("AveragePool", [0], 3),
    "QLinearGlobalAveragePool": ("GlobalAveragePool", [0], 3), "QLinearReduceMean": ("ReduceMean", [0], 3),
    "QLinearLeakyRelu": ("LeakyRelu", [0], 3), "QLinearSigmoid": ("Sigmoid", [0], 3),
    "QLinearSoftmax": ("Softmax", [0], 3), "QLinearConcat": ("Concat", None, 0)
}
BIAS = {"QLinearConv": 8, "QGemm": 6}
NOT_OURS = {"channels_last", "opset"}


def _weight_axis(node):
    if node.op_type == "QLinearConv":
        return 0
    transposed = any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
    return 0 if node.op_type == "QGemm" and transposed else 1


def _expand(node, tensors, graph):
    op, operands, out = FORMS[node.op_type]
    if operands is None:
        operands = range(2, len(node.input), 3)
    parts = []

    def dequantise(codes, scale, zero, axis):
        parts.append(f"{node.output[0]}_operand_{len(parts)}")
        of_channels = numpy_helper.to_array(tensors[scale]).size > 1
        graph.node.append(
            helper.make_node("DequantizeLinear", [codes, scale] + ([zero] if zero else []), [parts[-1]],
                             **({"axis": axis} if of_channels else {})))

    for i, at in enumerate(operands):
        dequantise(*node.input[at:at + 3], _weight_axis(node) if i == 1 else 1)
    bias = BIAS.get(node.op_type)
    if bias is not None and len(node.input) > bias and node.input[bias]:
        step = numpy_helper.to_array(tensors[node.input[1]]) * numpy_helper.to_array(tensors[node.input[4]])
        tensors[f"{node.output[0]}_step"] = numpy_helper.from_array(step, f"{node.output[0]}_step")
        graph.initializer.append(tensors[f"{node.output[0]}_step"])
        dequantise(node.input[bias], f"{node.output[0]}_step", "", 0)
    is_real = len(node.input) <= out
    work = helper.make_node(op, list(parts), [node.output[0] if is_real else f"{node.output[0]}_real"])
    work.attribute.extend(a for a in node.attribute if a.name not in NOT_OURS)
    graph.node.append(work)
    if not is_real:
        graph.node.append(helper.make_node("QuantizeLinear", [work.output[0], *node.input[out:out + 2]], node.output))


def on_pairs(model):
    result = onnx.ModelProto()
    result.CopyFrom(model)
    if not any(node.op_type in FORMS for node in model.graph.node):
        return result
    del result.graph.node[:], result.graph.value_info[:]
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type in FORMS:
            _expand(node, tensors, result.graph)
        else:
            result.graph.node.append(node)
    return result
