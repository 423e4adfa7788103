# SPDX-License-Identifier: Apache-2.0
"""A float model quantised by ONNX Runtime, in the options that it has, and what of it must come out exactly.

Why: most quantised models that people bring were made this way, and the options decide where pairs stand and which
activations live in the saturation of a QuantizeLinear alone.

    draw(rng, opset)             options as a plain dictionary
    quantise(model, options, pictures)   the model; NotQuantised with ONNX Runtime's words where it cannot
    saturating(model, slack)     the same model whose activations saturate and do not round, as Sluice reads it;
                                 NotSaturating where it has no Q/DQ pairs but integer operators

Operators that compute on codes are taken apart first (on_pairs.py). saturating() is why the comparison can be tight: QuantizeLinear of an activation becomes the clip to its range of x /
scale + zero, without the rounding, DequantizeLinear (x - zero) * scale, and every other node computes in float what
it computed. What depends on constants alone keeps its rounding. Two things more are given up knowingly: a clamp that
values pass by less than half a step, which is what rounding would take, and a clamp of at least one half on a Softmax
at the end, which changes no order. So with `slack` the bounds lie that many steps further out, for the comparison to
see what half a step is worth in this network.
"""
import pathlib
import tempfile

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import quantization
from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, shape_inference

import on_pairs

RANGES = {
    TensorProto.UINT8: (0, 255), TensorProto.INT8: (-128, 127), TensorProto.UINT16: (0, 65535),
    TensorProto.INT16: (-32768, 32767), TensorProto.INT32: (-2**31, 2**31 - 1)
}
LEVELS = {
    "basic": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    "extended": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
}


class NotQuantised(Exception):
    """ONNX Runtime cannot quantise or save this model with these options."""


class NotSaturating(Exception):
    """Operators on codes that have no float model beside them."""


def draw(rng, opset):
    def one_of(*values):
        return values[rng.integers(len(values))]

    def chance(share):
        return bool(rng.random() < share)

    activation = "QInt16" if chance(0.03) else one_of("QUInt8", "QInt8")
    weight = one_of("QInt8", "QUInt8") if activation == "QUInt8" else "QInt8"  # of the other pairs it has no kernels
    quantised_format = "QOperator" if activation != "QInt16" and chance(0.12) else "QDQ"
    if quantised_format == "QDQ" and opset >= 21 and chance(0.4):
        weight = "QInt4"
    return {
        "format": quantised_format, "activation": activation, "weight": weight,
        "per_channel": chance(0.5) and opset >= 13, "reduce_range": chance(0.15),
        "calibrate": one_of("MinMax", "MinMax", "Percentile", "Entropy"), "extra": {
            "ActivationSymmetric": chance(0.35), "WeightSymmetric": chance(0.7), "DedicatedQDQPair": chance(0.35),
            "AddQDQPairToWeight": chance(0.2), "QuantizeBias": chance(0.85), "UseQDQContribOps": chance(0.12)
        }, "excluded": one_of(0.0, 0.0, 0.0, 0.2, 0.5), "only": []
        if chance(0.7) else ["Conv", "Gemm", "MatMul"] if chance(0.5) else ["Conv", "Relu", "Add", "MaxPool"],
        "prepared": chance(0.4), "seed": int(rng.integers(1 << 30))
    }


class _Pictures(quantization.CalibrationDataReader):
    def __init__(self, name, pictures):
        self._rest = iter([{name: picture} for picture in pictures])

    def get_next(self):
        return next(self._rest, None)


def _excluded(model, options):
    rng = numpy.random.default_rng(options["seed"])
    return [node.name for node in model.graph.node if node.op_type != "Constant" and rng.random() < options["excluded"]]


def quantise(model, options, pictures):
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder) / "float.onnx", pathlib.Path(folder) / "quantised.onnx"
        onnx.save(model, source)
        try:
            if options["prepared"]:
                shape_inference.quant_pre_process(str(source), str(source), skip_symbolic_shape=True)
            quantization.quantize_static(str(source),
                                         str(target),
                                         _Pictures(model.graph.input[0].name, pictures),
                                         quant_format=QuantFormat[options["format"]],
                                         op_types_to_quantize=options["only"] or None,
                                         per_channel=options["per_channel"],
                                         reduce_range=options["reduce_range"],
                                         activation_type=QuantType[options["activation"]],
                                         weight_type=QuantType[options["weight"]],
                                         nodes_to_exclude=_excluded(onnx.load(source), options),
                                         calibrate_method=CalibrationMethod[options["calibrate"]],
                                         extra_options=options["extra"])
        except Exception as reason:  # whatever it raises, it has said that this is not for it
            raise NotQuantised(f"{type(reason).__name__}: {reason}") from reason
        return onnx.load(target)


def save_optimised(model, level):
    """The model as ONNX Runtime saves it after its own graph passes."""
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder) / "optimised.onnx"
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = LEVELS[level]
        options.optimized_model_filepath = str(target)
        options.log_severity_level = 3
        try:
            onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        except Exception as reason:
            raise NotQuantised(f"{type(reason).__name__}: {reason}") from reason
        return onnx.load(target)


def is_quantised(model):
    return any(node.op_type == "QuantizeLinear" for node in model.graph.node)


def _constants(model):
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant":
            tensors[node.output[0]] = node.attribute[0].t
    return tensors


class _Expansion:
    """The nodes that stand for one Q or DQ."""
    def __init__(self, node, constants):
        self.node, self.constants, self.nodes, self.initialisers = node, constants, [], []

    def value(self, tensor):
        name = f"{self.node.name or self.node.output[0]}_part_{len(self.initialisers)}"
        self.initialisers.append(numpy_helper.from_array(numpy.asarray(tensor, numpy.float32), name))
        return name

    def then(self, op, inputs, is_last=False):
        name = self.node.output[0] if is_last else f"{self.node.output[0]}_step_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name]))
        return name

    def scale_zero_range(self):
        scale = numpy_helper.to_array(self.constants[self.node.input[1]])
        zero_type = TensorProto.UINT8
        zero = numpy.zeros_like(scale)
        if len(self.node.input) > 2 and self.node.input[2]:
            tensor = self.constants[self.node.input[2]]
            zero, zero_type = numpy_helper.to_array(tensor).astype(numpy.float32), tensor.data_type
        return scale, zero, RANGES[zero_type]


def saturating(model, slack=0.0):
    model = on_pairs.on_pairs(model)
    result = onnx.ModelProto()
    result.CopyFrom(model)
    del result.graph.node[:], result.graph.value_info[:]
    constants = _constants(model)
    if any(node.op_type.startswith("Q") and node.op_type != "QuantizeLinear" or "Integer" in node.op_type
           for node in model.graph.node):
        raise NotSaturating
    probabilities = {node.output[0] for node in model.graph.node if node.op_type == "Softmax"}
    folded = set(constants)  # values that depend on constants alone
    for node in model.graph.node:
        is_folded = node.op_type == "Constant" or all(name in folded or not name for name in node.input)
        if is_folded:
            folded.update(node.output)
        if is_folded or node.op_type not in ("QuantizeLinear", "DequantizeLinear"):
            result.graph.node.append(node)
            continue
        e = _Expansion(node, constants)
        scale, zero, (low, high) = e.scale_zero_range()
        if node.op_type == "QuantizeLinear":
            y = e.then("Add", [e.then("Div", [node.input[0], e.value(scale)]), e.value(zero)])
            if node.input[0] in probabilities and ((high - zero) * scale).min() >= 0.5:
                low, high = -numpy.inf, numpy.inf
            y = e.then("Max", [y, e.value(low - slack)])
            e.then("Min", [y, e.value(high + slack)], True)
        else:
            e.then("Mul", [e.then("Sub", [node.input[0], e.value(zero)]), e.value(scale)], True)
        result.graph.node.extend(e.nodes)
        result.graph.initializer.extend(e.initialisers)
    return result
