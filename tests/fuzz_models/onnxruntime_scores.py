# SPDX-License-Identifier: Apache-2.0
"""The pictures that networks are compared on, and what ONNX Runtime says of them.

    Pictures(folder)             of_shape(c, h, w): folder of picture files (made once a shape) and their pixels
    scores(model, inputs)        the model's output, a row a picture; NotRun with ONNX Runtime's words

Pictures are blocks of one colour in several sizes under noise: noise alone has no edges that a filter could find.
ONNX Runtime runs with its graph passes off, so that one definition stands against another.
"""
import numpy
import onnxruntime

# They calibrate, and are compared: no value lies outside of what was calibrated. No power of two: means over pictures
# are to be rounded.
COUNT = 19
# (pixel / 1 - mean) / deviation, as `sluice plan --pixel-max 1 --mean 0.5 --std 0.25` means it
PIXELS = {"pixel_max": 1.0, "mean": [0.5], "std": [0.25]}


class NotRun(Exception):
    """ONNX Runtime does not take the model."""


class Pictures:
    def __init__(self, folder):
        self._folder, self._made = folder, {}

    def of_shape(self, shape):
        shape = tuple(shape)
        if shape not in self._made:
            self._made[shape] = self._make(*shape)
        return self._made[shape]

    def _make(self, channels, height, width):
        rng = numpy.random.default_rng([channels, height, width])
        folder = self._folder / f"{channels}x{height}x{width}"
        folder.mkdir(parents=True, exist_ok=True)
        pixels = []
        for i in range(COUNT):
            picture = sum(
                numpy.kron(rng.uniform(0, 84, (-(-height // s), -(-width // s),
                                               channels)), numpy.ones((s, s, 1)))[:height, :width] for s in (8, 4, 1))
            pixels.append(picture.astype(numpy.uint8))
            head = f"P{5 if channels == 1 else 6}\n{width} {height}\n255\n".encode()
            (folder / f"{i:02}.{'pgm' if channels == 1 else 'ppm'}").write_bytes(head + pixels[-1].tobytes())
        return folder, numpy.stack(pixels)


def inputs(pixels, layout):
    """What the network reads, one array a picture."""
    values = (
        (pixels.astype(numpy.float32) * numpy.float32(PIXELS["pixel_max"] / 255) - numpy.float32(PIXELS["mean"][0])) /
        numpy.float32(PIXELS["std"][0]))
    return [v[None] if layout == "last" else numpy.ascontiguousarray(v.transpose(2, 0, 1))[None] for v in values]


def scores(model, fed):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        return numpy.stack([session.run(None, {name: picture})[0].ravel() for picture in fed])
    except Exception as reason:  # its own classes are not public
        raise NotRun(f"{type(reason).__name__}: {reason}") from reason
