# SPDX-License-Identifier: Apache-2.0
"""The evaluation networks: how each is fed, which pictures calibrate and test it, how much it may lose.

Preprocessing and splits are those of the evaluation data's README. No picture both calibrates and tests.
"""
import dataclasses
import json
import os
import pathlib
import subprocess

DATA = pathlib.Path(os.environ.get("SLUICE_DATA", "/nonexistent"))
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
PYTHON = "/usr/bin/python3"  # Debian's, which python3-pil belongs to
LINES = pathlib.Path(__file__).resolve().parent / "text_lines.py"
TEXT_LINES = {"test": (1000, 1), "calibrate": (500, 2)}  # how many, seed


@dataclasses.dataclass
class Model:
    file: str
    pixels: dict
    calibrate: list   # arguments of sluice plan
    test: list        # arguments of sluice eval
    float_top1: float = 0   # percent, as the data's README says for `known`
    known: float = 0        # how near to it ours must be
    most_loss: dict = dataclasses.field(default_factory=lambda: {"int8": 1.0, "auto": 1.0, "int16": 0.2})
    input_shape: str = ""
    exact_pictures: int = 0  # that run on PoCL; 0: all


def photos(part):
    return [DATA / "imagenet1000/val.txt", "--part", part]


def cifar(name):
    return [DATA / "cifar10" / name]


def text_lines(scratch, what):
    """Renders the lines once into scratch; returns the list file."""
    folder = scratch / f"lines_{what}"
    if not folder.exists():
        count, seed = TEXT_LINES[what]
        subprocess.run([PYTHON, LINES, folder, str(count), str(seed)], check=True)
    return folder / "labels.txt"


def models(scratch):
    """Name -> Model. Text lines are rendered on the way when their entry is asked for by name."""
    half = {"pixel_max": 1, "mean": 0.5, "std": 0.5}
    photo = {**half, "resize_short_side": 256}
    torchvision = {"mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375], "resize_short_side": 256}
    table = {
        "resnet8": Model("resnet8_cifar10.onnx", {}, cifar("calib2000.bin"), cifar("test1000.bin"), 88.1, 0.35),
        "resnet20": Model("resnet20_cifar10.onnx", {"pixel_max": 1, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
                          cifar("calib2000.bin"), cifar("test1000.bin"), 91.5, 0.35),
        # The README's figures are of all 1,000 photos, ours of the even half: within the spread of 500 pictures.
        "squeezenet": Model("squeezenet1.1_fp16.onnx", {"mean": [104, 117, 123], "bgr": True, "resize_short_side": 256},
                            photos("odd"), photos("even"), 61.4, 4.5),
        "mobilenet_v1": Model("mobilenet_v1_0.25_224.onnx", photo, photos("odd"), photos("even"), 58.3, 4.5,
                              {"int8": 2.0, "auto": 1.0, "int16": 0.2}),
        "mobilenet_v2": Model("mobilenet_v2_1.0_224.onnx", photo, photos("odd"), photos("even"), 88.8, 3.0),
        "mobilenet_v3": Model("mobilenet_v3_small.onnx", photo, photos("odd"), photos("even"), 82.0, 0.5,
                              {"int8": 2.0, "auto": 0.5, "int16": 0.5}),
        # The README's figure is of 150 photos of ResNet-50; of ResNet-18 it has none.
        "resnet18": Model("resnet18_fp16.onnx", torchvision, photos("odd"), photos("even"), 75.8, 0.5, exact_pictures=50),
        "resnet50": Model("resnet50_fp16.onnx", torchvision, photos("odd"), photos("even"), 78.0, 4.5, exact_pictures=20),
        "textline": Model("textline_mobilenetv3s_0.35.onnx", {**half, "bgr": True}, [], [], 99.2, 0.8,
                          {"int8": 2.0, "auto": 2.0, "int16": 0.2}, "1x3x48x192"),
        # Digits are not at hand; any 28x28 picture shows whether every code is right.
        "mnist": Model("mnist.onnx", {}, [FASHION / "train-images-idx3-ubyte.gz"], [FASHION / "t10k-images-idx3-ubyte.gz"], 0, 100, {}),
    }
    table["textline"].calibrate = [scratch / "lines_calibrate/labels.txt"]
    table["textline"].test = [scratch / "lines_test/labels.txt"]
    return table


def told(command, lines, **options):
    """Runs a command, prints each line that it says, indented, and adds it to `lines`; returns its status."""
    done = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    for line in done.stdout:
        lines.append(f"{'':<13} {line.rstrip()}")
        print(lines[-1], flush=True)
    return done.wait()


class Runner:
    """Plans and evaluates by the real command."""

    def __init__(self, sluice, scratch):
        self.sluice, self.scratch = sluice, scratch

    def run(self, *arguments):
        done = subprocess.run([self.sluice, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"sluice {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
        return done.stdout

    def prepare(self, name):
        if name == "textline":
            for what in TEXT_LINES:
                text_lines(self.scratch, what)

    def plan(self, name, bundle, *extra):
        model = models(self.scratch)[name]
        self.prepare(name)
        preprocess = self.scratch / f"{name}.json"
        preprocess.write_text(json.dumps(model.pixels))
        shape = ["--input-shape", model.input_shape] if model.input_shape else []
        return json.loads(self.run("plan", DATA / "models" / model.file, "--calib", *model.calibrate, "--preprocess", preprocess, *shape,
                                   *extra, "-o", bundle, "--json"))

    def plan_demo(self, source, bundle, *extra):
        """Plans the demo's network; returns its test pictures."""
        self.run("plan", source / "apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx", "--calib", FASHION / "train-images-idx3-ubyte.gz",
                 "--pixel-max", 1, "--mean", 0.2860, "--std", 0.3530, *extra, "-o", bundle)
        return FASHION / "t10k-images-idx3-ubyte.gz"

    def evaluate(self, name, bundle, *extra):
        model = models(self.scratch)[name]
        device = [] if "--device" in extra else ["--device", "pocl"]
        result = json.loads(self.run("eval", bundle, "--images", *model.test, *device, *extra, "--json"))
        result["by_name"] = {execution["name"]: execution for execution in result["executions"]}
        return result

    def model_file(self, name):
        return DATA / "models" / models(self.scratch)[name].file
