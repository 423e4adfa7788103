#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Five of torchvision's classifiers at full size, from export to labels on PoCL, bit by bit against the reference.

    torchvision_models.py SLUICE OUTPUT_DIR RESULT [name ...]      by ./run torchvision-models; needs python3-torchvision

Why: the networks people bring are larger than the ones in the test run: 1,000 classes, up to 161 nodes, 25 M weights. Each
is exported by export_torchvision.py (fixed seed, no pretrained weights), checked, planned with --engine dense in int8 and
int16 and run on a few pictures. Weights are untrained, so the table tells structure, exactness and time, not accuracy.
Pictures are the ImageNet photos of $SLUICE_DATA, or generated ones where that is not set.
Exits with 1 when a step fails or a picture differs; the table is written all the same.
"""
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import time

import numpy

EXPORT = pathlib.Path(__file__).with_name("export_torchvision.py")

NAMES = ["mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "resnet18", "resnet50"]  # the longest last
CALIBRATION, HELD_OUT, PICTURES = 32, 16, 4
PIXELS = ["--pixel-max", "1", "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225", "--resize-short-side", "256"]


class Failed(Exception):
    pass


def pictures(folder):
    """A source of pictures and its list of labels."""
    if "SLUICE_DATA" in os.environ:
        photos = pathlib.Path(os.environ["SLUICE_DATA"]) / "imagenet1000"
        return photos, photos / "val.txt", "ImageNet photos"
    made = folder / "pictures"
    made.mkdir(exist_ok=True)
    noise = numpy.random.default_rng(1)
    names = []
    for i in range(CALIBRATION + HELD_OUT):
        # Blocks of one colour in several sizes: noise alone has no edges that a filter could find.
        picture = sum(numpy.kron(noise.uniform(0, 64, (256 // s, 256 // s, 3)), numpy.ones((s, s, 1))) for s in (64, 16, 4, 1))
        names.append(f"{i:03}.ppm")
        (made / names[-1]).write_bytes(b"P6\n256 256\n255\n" + picture.astype(numpy.uint8).tobytes())
    (made / "labels.txt").write_text("".join(f"{name} 0\n" for name in names))
    return made, made / "labels.txt", "generated pictures"


def run(*command):
    """Standard output as JSON, seconds, and the largest memory in MB."""
    start = time.monotonic()
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=log, text=True)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            log.seek(0)
            raise Failed(f"{command[1]}: exit {process.returncode}: {log.read().strip()[-400:]}")
    return json.loads(output), time.monotonic() - start, usage.ru_maxrss / 1024


def measure(sluice, name, model, precision, source, labels, folder):
    bundle = folder / f"{name}_{precision}"
    shutil.rmtree(bundle, ignore_errors=True)  # of an earlier run
    plan, plan_s, plan_mb = run(sluice, "plan", "--json", model, "--calib", source, "--calib-images", CALIBRATION, "--held-out", HELD_OUT,
                                *PIXELS, "--precision", precision, "--engine", "dense", "-o", bundle)
    found, eval_s, eval_mb = run(sluice, "eval", "--json", bundle, "--images", source, "--labels", labels, "--first", PICTURES,
                                 "--reference-images", PICTURES, "--device", "pocl")
    exact = found["bit_exact"]
    if (exact["images"], exact["equal"]) != (PICTURES, PICTURES):
        raise Failed(f"{exact['equal']} of {exact['images']} pictures are bit-exact, {PICTURES} were asked for")
    return (f"{name:<20}{precision:<7}{plan['layers']:>6}{plan['kernels']:>9}{plan['multipliers']:>13}{plan_s:>9.0f}{plan_mb:>9.0f}"
            f"{exact['equal']:>7} of {exact['images']}{found['throughput_images_per_s']:>10.1f}{eval_s:>9.0f}{eval_mb:>9.0f}")


def main():
    sluice, folder, result, names = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4:] or NAMES
    folder.mkdir(parents=True, exist_ok=True)
    source, labels, kind = pictures(folder)
    lines = [f"torchvision's classifiers, seeded weights without training, 1x3x224x224; {kind}: {CALIBRATION} calibrate, {PICTURES} are compared",
             f"machine: {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; dense engines; eval s includes PoCL's compiler and the plain reference", ""]
    failed = False

    def tell(line):
        lines.append(line)
        print(line, flush=True)

    print("\n".join(lines))
    checks = {}
    tell(f"{'check':<20}{'nodes':>7}{'device':>8}{'folded':>8}{'constant':>10}{'M MACs':>9}{'M weights':>11}{'export s':>10}")
    for name in names:
        start = time.monotonic()
        model = folder / f"{name}_unfolded.onnx"
        try:
            # In a process of its own: the memory of a child is never told as less than its parent's, and torch is large.
            subprocess.run([sys.executable, EXPORT, "-", folder, name], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            export_s = time.monotonic() - start
            check, _, _ = run(sluice, "check", "--json", model)
        except (Failed, subprocess.CalledProcessError) as reason:
            tell(f"{name:<20}FAILED {reason}")
            failed = True
            continue
        places = [node["place"] for node in check["nodes"]]
        tell(f"{name:<20}{len(places):>7}{places.count('device'):>8}{places.count('folded'):>8}{places.count('constant'):>10}"
             f"{check['macs_per_image'] / 1e6:>9.0f}{check['weights'] / 1e6:>11.2f}{export_s:>10.0f}")
        checks[name] = model
    tell("")
    tell(f"{'plan and PoCL':<20}{'':<7}{'layers':>6}{'kernels':>9}{'multipliers':>13}{'plan s':>9}{'MB':>9}{'bit-exact':>12}{'images/s':>10}{'eval s':>9}{'MB':>9}")
    for name, model in checks.items():
        for precision in ("int8", "int16"):
            try:
                tell(measure(sluice, name, model, precision, source, labels, folder))
            except Failed as reason:
                tell(f"{name:<20}{precision:<7}FAILED {reason}")
                failed = True
    pathlib.Path(result).write_text("\n".join(lines) + "\n")
    sys.exit(failed)


if __name__ == "__main__":
    main()
