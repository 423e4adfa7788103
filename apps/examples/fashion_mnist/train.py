#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the demo classifier on Fashion-MNIST and writes it as ONNX.

Why: `./run demo` needs a real network and real pictures that every user can get. Debian ships the pictures
(package dataset-fashion-mnist); this script makes the network, so the committed file can be reproduced.

The network has the shape of MLPerf Tiny's ResNet-8: a 3x3 stem and three residual stages of 16, 32 and 64 channels,
about 78 thousand parameters, here for one grey channel of 28x28. Batch normalisation is left unfolded in the file,
as many exporters leave it: folding it is the planner's work and is exercised this way.

Input of the ONNX model: float32 [N,1,28,28], (pixel / 255 - 0.2860) / 0.3530, mean and deviation of the training set.

Needs: python3-torch python3-onnx dataset-fashion-mnist (all Debian 12).
Use:   ./train.py [--epochs 24] [--output resnet8_fashion_mnist.onnx] [--log train.log]
"""
import argparse
import gzip
import struct
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

FOLDER = "/usr/share/datasets/fashion-mnist"
MEAN, DEVIATION = 0.2860, 0.3530


def read_idx(path):
    """Reads a gzip-compressed IDX file of unsigned bytes (the format of the MNIST family)."""
    with gzip.open(path, "rb") as f:
        zero, kind, rank = struct.unpack(">HBB", f.read(4))
        if zero != 0 or kind != 8:
            raise SystemExit(f"{path}: not an IDX file of unsigned bytes")
        shape = struct.unpack(">" + "I" * rank, f.read(4 * rank))
        return np.frombuffer(f.read(), dtype=np.uint8).reshape(shape)


def load(folder, part):
    pictures = read_idx(f"{folder}/{part}-images-idx3-ubyte.gz").astype(np.float32)
    labels = read_idx(f"{folder}/{part}-labels-idx1-ubyte.gz").astype(np.int64)
    pictures = (pictures / 255.0 - MEAN) / DEVIATION
    return torch.from_numpy(pictures).unsqueeze(1), torch.from_numpy(labels)


class Block(nn.Module):
    """Two 3x3 convolutions and a shortcut; the shortcut is a strided 1x1 convolution where the shape changes."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, 0, bias=True) if stride != 1 or inputs != outputs else None

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.shortcut is None else self.shortcut(x)))


class ResNet8(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 16, 3, 1, 1, bias=False)
        self.stem_bn = nn.BatchNorm2d(16)
        self.stage1 = Block(16, 16, 1)
        self.stage2 = Block(16, 32, 2)
        self.stage3 = Block(32, 64, 2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.stem_bn(self.stem(x)))
        x = self.stage3(self.stage2(self.stage1(x)))
        return self.classifier(torch.flatten(self.pool(x), 1))


def augment(x, generator):
    """Shifts by up to two pixels and mirrors half of the pictures; returns a new batch."""
    n = x.shape[0]
    flip = torch.rand(n, generator=generator) < 0.5
    x = torch.where(flip.view(n, 1, 1, 1), x.flip(3), x)
    border = -MEAN / DEVIATION
    padded = F.pad(x, (2, 2, 2, 2), value=border)
    dy, dx = torch.randint(0, 5, (2,), generator=generator).tolist()
    return padded[:, :, dy:dy + 28, dx:dx + 28]


def accuracy(model, pictures, labels):
    model.eval()
    right = 0
    with torch.no_grad():
        for i in range(0, len(labels), 500):
            right += (model(pictures[i:i + 500]).argmax(1) == labels[i:i + 500]).sum().item()
    return right / len(labels)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=FOLDER)
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", default="resnet8_fashion_mnist.onnx")
    parser.add_argument("--log", default="train.log")
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    generator = torch.Generator().manual_seed(options.seed)
    train_x, train_y = load(options.data, "train")
    test_x, test_y = load(options.data, "t10k")
    model = ResNet8().to(memory_format=torch.channels_last)
    parameters = sum(p.numel() for p in model.parameters())

    batch = 128
    steps = options.epochs * (len(train_y) // batch)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9, weight_decay=5e-4, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=0.2, total_steps=steps, pct_start=0.2)
    lines = []

    def say(text):
        print(text, flush=True)
        lines.append(text)

    say(f"resnet8 fashion-mnist: {parameters} parameters, {options.epochs} epochs, batch {batch}, seed {options.seed}, "
        f"torch {torch.__version__}")
    start = time.time()
    for epoch in range(options.epochs):
        model.train()
        order = torch.randperm(len(train_y), generator=generator)
        total = 0.0
        for i in range(0, len(order) - batch + 1, batch):
            index = order[i:i + batch]
            x = augment(train_x[index], generator).contiguous(memory_format=torch.channels_last)
            loss = F.cross_entropy(model(x), train_y[index], label_smoothing=0.05)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        say(f"epoch {epoch + 1:2d}: loss {total / (len(order) // batch):.4f}, {time.time() - start:.0f} s")
    # The test pictures are looked at once, after the last epoch: no epoch is chosen by them.
    top1 = accuracy(model, test_x, test_y)
    say(f"test top-1: {100 * top1:.2f} % of {len(test_y)} pictures, float32, last epoch")

    model = model.to(memory_format=torch.contiguous_format).eval()
    torch.onnx.export(model, test_x[:1], options.output, input_names=["image"], output_names=["logits"],
                      dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}}, opset_version=13,
                      training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
    with open(options.log, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
