#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demo's last part, smaller: a drifting stream on the simulated device, with and without adaptation.

Shown: the controller switches, holds the rate for more of the stream than the most accurate row does, is right at least as
often as the fastest row; the audit log replays character by character, an edited one does not; the plot is there; the same
seed gives the same log.

Without labels: min-accuracy leaves the densest row when its canaries allow it, the log holds every image and canary, replays,
and says what other policies would have done.

A script that is none is refused with what is possible, as is a rate that is none; output that cannot be written, and a signal,
end the program with a sentence and the command's exit statuses.

Usage: drifting_stream.py SLUICE DRIFTING_STREAM SOURCE_DIR
"""
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SLUICE, PROGRAM, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
failures = 0


def run(*arguments):
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done.stdout


def check(holds, what):
    global failures
    failures += not holds
    print(("ok    " if holds else "FAIL  ") + what, flush=True)


scratch = pathlib.Path(tempfile.mkdtemp(prefix="sluice-drift-"))
try:
    example, bundle = SOURCE / "apps/examples/fashion_mnist", scratch / "bundle"
    run(SLUICE, "plan", example / "resnet8_fashion_mnist.onnx", "--calib", FASHION / "train-images-idx3-ubyte.gz", "--calib-images", 200,
        "--held-out", 1000, "--pixel-max", 1, "--mean", 0.2860, "--std", 0.3530, "-o", bundle)
    script = scratch / "script.json"
    script.write_text(json.dumps({"scenes": [{"name": "day", "images": 800}, {"name": "night", "images": 1000, "brightness": 0.3},
                                             {"name": "noise", "images": 600, "swells": True, "noise_sigma": 12}, {"name": "day", "images": 600}]}))
    for name in ("one", "two"):
        (scratch / name).mkdir()
        run(PROGRAM, bundle, "--images", FASHION / "t10k-images-idx3-ubyte.gz", "--script", script, "-o", scratch / name)
    story = json.loads((scratch / "one/stream.json").read_text())
    accurate, fastest, adaptive = story["fixed"][0], story["fixed"][-1], story["adaptive"]
    check(adaptive["switches"] >= 1, f"{adaptive['switches']} switches, at least 1")
    check(adaptive["share_at_target"] > accurate["share_at_target"] + 0.3,
          f"target held for {adaptive['share_at_target']:.3f} of the stream, {accurate['share_at_target']:.3f} by the most accurate row")
    check(adaptive["top1_percent"] >= fastest["top1_percent"], f"top-1 {adaptive['top1_percent']:.2f} %, {fastest['top1_percent']:.2f} % in the fastest row")
    check((scratch / "one/audit.jsonl").read_bytes() == (scratch / "two/audit.jsonl").read_bytes(), "a second run writes the same log, byte for byte")
    check((scratch / "one/stream.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n", "the plot is a PNG")
    replay = json.loads(run(SLUICE, "replay", scratch / "one/audit.jsonl", "--json"))
    check(replay["differences"] == 0 and replay["is_log_complete"], "the replay is identical to the log")
    check(len(replay["switches"]) == adaptive["switches"] and replay["images"] == 3000, "the replay has every image and switch")
    log = scratch / "canaries.jsonl"
    labels = run(SLUICE, "classify", bundle, FASHION / "t10k-images-idx3-ubyte.gz", "--first", 9000, "--device", "sim", "--policy", "min-accuracy",
                 "--max-disagreement", 8, "--canary-period", 20, "--audit-log", log, "--format", "csv")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    images = [line for line in lines if line["kind"] == "image"]
    check(len(labels.splitlines()) == 9001 and [i["image"] for i in images] == list(range(9000)), "9,000 pictures are answered once each and in order")
    check(sum(len(i.get("canaries", [])) for i in images) == lines[-1]["canaries"] >= 450, f"{lines[-1]['canaries']} canaries, 450 or more")
    check(all(i["row"] == 0 for i in images[:3900]) and images[-1]["row"] != 0, f"begins with row 0 and ends with row {images[-1]['row']}")
    differing = [i["class"] != next(c["class"] for c in i["canaries"] if c["row"] == 0) for i in images if i["row"] and "canaries" in i]
    check(sum(differing) <= 0.08 * len(differing), f"{sum(differing)} of {len(differing)} of its canaries disagree, at most 8 %")
    check(json.loads(run(SLUICE, "replay", log, "--json"))["differences"] == 0, "the replay is identical")
    other = json.loads(run(SLUICE, "replay", log, "--policy", "fixed", "--row", 0, "--json"))
    check(other["images_of_row"][0] == 9000 and other["images_per_s"] < other["as_it_was"]["images_per_s"], "replayed under row 0 every image runs under it")
    other = json.loads(run(SLUICE, "replay", log, "--max-disagreement", 0.1, "--json"))
    check(other["images_of_row"][0] == 9000, "a limit that 200 canaries cannot show keeps row 0")
    for text, says in (("[]", "scenes"), ('{"scenes": [{"name": "x", "images": 0}]}', "images"), ('{"scenes": [{"name": "x", "images": 9, "contrast": -1}]}', "0 to 10")):
        (scratch / "bad.json").write_text(text)
        done = subprocess.run([PROGRAM, bundle, "--images", FASHION / "t10k-images-idx3-ubyte.gz", "--script", scratch / "bad.json"], capture_output=True, text=True)
        check(done.returncode == 1 and says in done.stderr, f"{text} is refused: {done.stderr.strip()}")
    short = [PROGRAM, bundle, "--images", FASHION / "t10k-images-idx3-ubyte.gz", "--script", scratch / "short.json", "-o", scratch / "one"]
    (scratch / "short.json").write_text(json.dumps({"scenes": [{"name": "a\x1b[2J", "images": 50}]}))
    for rate in ("nan", "inf", "-1"):
        done = subprocess.run([*short, f"--target-fps={rate}"], capture_output=True, text=True)
        check(done.returncode == 1 and "not a rate" in done.stderr, f"a rate of {rate} is refused: {done.stderr.strip()}")
    with open("/dev/full", "w") as full:
        done = subprocess.run(short, stdout=full, stderr=subprocess.PIPE, text=True)
    check(done.returncode == 2 and "standard output" in done.stderr, f"a full disk is told: {done.stderr.strip()}")
    done = subprocess.run(short, capture_output=True, text=True)
    check("\x1b" not in done.stdout and "a\\x1B[2J" in done.stdout, "what would move a cursor in a name is made visible")
    (scratch / "short.json").write_text(json.dumps({"scenes": [{"name": "long", "images": 1_000_000}]}))
    process = subprocess.Popen(short, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    process.stderr.readline()
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, messages = process.communicate(timeout=60)
    check(process.returncode == 128 + signal.SIGINT and "ended by SIGINT" in messages, f"a signal ends it: {process.returncode}, {messages.strip()}")
    log = (scratch / "one/audit.jsonl").read_text()
    edited = re.sub(r'"choice":(\d+)', lambda choice: f'"choice":{0 if choice[1] != "0" else 1}', log, count=1)
    (scratch / "edited").write_text(edited)
    done = subprocess.run([SLUICE, "replay", scratch / "edited"], capture_output=True, text=True)
    check(done.returncode == 1 and "come out otherwise" in done.stderr, "an edited log is found out")
finally:
    shutil.rmtree(scratch)
sys.exit(failures != 0)
