#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Exports torchvision's classifiers to ONNX and compares Sluice's float scores with PyTorch's own.

Run by hand, not part of ./run test (needs Debian's python3-torchvision and minutes):
    export_torchvision.py FLOAT_SCORES OUTPUT_DIR [name ...]     FLOAT_SCORES: build/release/tests/models/float_scores, or - to export only

No pretrained weights are used: the seed is fixed, and a few passes in training mode give BatchNormalization statistics
that matter. Each network is exported once with BatchNormalization folded by the exporter and once as it stands.
"""
import pathlib
import subprocess
import sys

import numpy
import torch
import torchvision

NAMES = ["resnet18", "resnet50", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "squeezenet1_1", "vgg11_bn",
         "densenet121", "resnext50_32x4d", "mnasnet0_5", "alexnet", "googlenet"]


def make(name):
    torch.manual_seed(1)
    options = {"aux_logits": False, "init_weights": True} if name == "googlenet" else {}
    model = getattr(torchvision.models, name)(weights=None, **options)
    model.train()
    with torch.no_grad():
        for _ in range(3):
            model(torch.randn(2, 3, 224, 224))
    # A scale and an offset of their own for each channel: ones and zeros would hide a mistake.
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.uniform_(module.bias, -0.3, 0.3)
    return model.eval()


def compare(scores_tool, model, file, picture):
    expected = model(picture).detach().numpy().ravel()
    picture.numpy().tofile(file.with_suffix(".in"))
    subprocess.run([scores_tool, file, file.with_suffix(".in"), file.with_suffix(".out"), "1x3x224x224"], check=True, stdout=subprocess.DEVNULL)
    imported, normal = numpy.fromfile(file.with_suffix(".out"), numpy.float32).reshape(2, -1)
    unit = abs(expected).max()
    return abs(imported - expected).max() / unit, abs(normal - expected).max() / unit


def main():
    tool, folder, names = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:] or NAMES
    folder.mkdir(parents=True, exist_ok=True)
    failed = []
    for name in names:
        model = make(name)
        picture = torch.rand(1, 3, 224, 224) * 2 - 1
        for opset, training, form in ((13, torch.onnx.TrainingMode.EVAL, "folded"), (14, torch.onnx.TrainingMode.PRESERVE, "unfolded")):
            file = folder / f"{name}_{form}.onnx"
            torch.onnx.export(model, picture, file, opset_version=opset, training=training, input_names=["image"], output_names=["scores"],
                              do_constant_folding=form == "folded", dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}})
            if tool == "-":
                continue
            try:
                imported, normal = compare(tool, model, file, picture)
                ok = normal < 1e-4
                print(f"{file.name}: largest difference {imported:.1e} as imported, {normal:.1e} in normal form{'' if ok else ': TOO LARGE'}", flush=True)
            except subprocess.CalledProcessError:
                ok = False
            if not ok:
                failed.append(file.name)
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
