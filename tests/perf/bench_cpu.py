#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The device cpu, counters included, beside ONNX Runtime in float and int8, on the same pictures.

    bench_cpu.py SLUICE PYTHON SCRATCH RESULT

Why: a processor that is there already is the first thing an FPGA is weighed against, and the device cpu must not be the
slower way to use it. Two networks of $SLUICE_DATA are planned as by default, so that most convolutions have sparse engines,
which count. Then `sluice bench` measures both sides in one run, with all cores and with one thread, several times in turn;
medians are told. The machine may have other work, so images a second of the processor stand beside images a second.

ONNX Runtime: the best of the batch sizes that bench tries, and of its int8 forms (signed or unsigned activations) the
faster one. Only PYTHON needs onnxruntime. RESULT gets the table if all was measured. Exits 1 if a target is missed.
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

DATA = pathlib.Path(os.environ.get("SLUICE_DATA", "/nonexistent"))
ROUNDS, SECONDS = 3, 2
# Name, file, how its pixels were prepared, what calibrates it, pictures, times int8 that are asked for.
NETWORKS = [
    ("ResNet-20", "resnet20_cifar10.onnx", ["--pixel-max", 1, "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225"],
     [DATA / "cifar10/calib2000.bin"], [DATA / "cifar10/test1000.bin", "--first", 64], 1.5),
    ("MobileNetV2-224", "mobilenet_v2_1.0_224.onnx", ["--pixel-max", 1, "--mean", 0.5, "--std", 0.5, "--resize-short-side", 256],
     [DATA / "imagenet1000/val.txt", "--part", "odd"], [DATA / "imagenet1000/val.txt", "--part", "even", "--first", 64], 1.2),
]
QUICK = ["--calib-images", 100, "--held-out", 20, "--trials", 0]  # thresholds and rows are not what is measured
THREADS = [("all cores", []), ("one thread", ["--threads", 1])]


def run(*words):
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))} ended with status {done.returncode}")
    return done.stdout


def figures(report):
    """Engine -> (images/s, images a processor second, batch), of one run."""
    device = report["runs"][0]
    if device["counted_layers"] == 0:
        sys.exit("the device counted nothing: the bundle has no sparse engine")
    found = {"cpu": device["device_only"] | {"batch": 1}}
    for form in report["baselines"]:
        if "missing_because" in form:
            sys.exit(f"{form['engine']} {form['form']}: {form['missing_because']}")
        found[f"{form['engine']} {form['form']}"] = form
    return {name: (f["throughput_images_per_s"], f["images"] / f["processor_seconds"], f["batch"]) for name, f in found.items()}


def middle(rounds, name, which):
    return statistics.median(one[name][which] for one in rounds)


def main():
    sluice, python, scratch, result = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4])
    if not DATA.is_dir():
        sys.exit("SLUICE_DATA is not set to the folder of the evaluation data")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    lines, is_reached = [], True

    def tell(line):
        print(line, flush=True)
        lines.append(line)

    measured = {}
    for name, file, pixels, calibrate, pictures, _ in NETWORKS:
        run(sluice, "plan", DATA / "models" / file, "--calib", *calibrate, *QUICK, *pixels, "-o", scratch / name, "--quiet")
    for _ in range(ROUNDS):
        for name, file, _, _, pictures, _ in NETWORKS:
            for words, threads in THREADS:
                report = json.loads(run(sluice, "bench", scratch / name, "--images", *pictures, "--device", "cpu", *threads, "--seconds", SECONDS,
                                        "--baseline", "onnxruntime", "--model", DATA / "models" / file, "--onnxruntime-python", python, "--json", "--quiet"))
                measured.setdefault((name, words), []).append((figures(report), report))

    reports = [report for rounds in measured.values() for _, report in rounds]
    host, first = reports[0]["host"], reports[0]
    loads = [report["host"]["load_average_1min"] for report in reports]
    tell(f"machine: {host['processor']}, {host['cores']} cores; load {min(loads):.1f} to {max(loads):.1f}")
    tell(f"{first['version']} commit {first['commit']}, {first['runs'][0]['device_name'].split(',')[1].strip()}; onnxruntime {first['baselines'][0]['version']}")
    tell(f"medians of {ROUNDS} runs of {SECONDS} s each; a processor second: of all threads together")
    tell(f"{'':<16} {'':<10} {'':<22} {'batch':>5} {'images/s':>10} {'images/processor s':>19} {'top-1 as cpu':>13}")
    for (name, words), rounds in measured.items():
        for engine in rounds[0][0]:
            one = [figure for figure, _ in rounds]
            batch = int(middle(one, engine, 2))
            same = [form["same_top1_share"] for form in rounds[0][1]["baselines"] if f"{form['engine']} {form['form']}" == engine]
            tell(f"{name:<16} {words:<10} {engine:<22} {batch:>5} {middle(one, engine, 0):>10.1f} {middle(one, engine, 1):>19.1f} "
                 + (f"{100 * same[0]:>11.1f} %" if same else f"{rounds[0][1]['runs'][0]['counted_layers']:>5} counted"))
    for name, _, _, _, _, target in NETWORKS:
        for words, which, unit in (("all cores", 0, "images/s"), ("one thread", 1, "images a processor second")):
            one = [figure for figure, _ in measured[name, words]]
            int8 = [engine for engine in one[0] if "int8" in engine]
            # Round by round, because the machine's other work changes between rounds.
            ratio = statistics.median(figure["cpu"][which] / max(figure[engine][which] for engine in int8) for figure in one)
            is_reached &= ratio >= target
            tell(f"target {name}, {words}: {ratio:.2f} times int8 by {unit}, {target} asked for: {'reached' if ratio >= target else 'MISSED'}")
    result.write_text("\n".join(lines) + "\n")
    sys.exit(not is_reached)


if __name__ == "__main__":
    main()
