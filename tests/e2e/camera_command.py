#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command `sluice camera`, without a browser: a camera that is a stream over HTTP, and is cut.

The stream is multipart JPEG, as many network cameras send it, from a server of this test. Frames come, are counted and
answered; the server cuts the connection; the camera is connected again and goes on. `plan --calib` takes its frames, too, and
those of a video, evenly spread. What --json prints is JSON, its numbers agree with each other; sluice replay takes the
decisions of the audit log again.

Usage: camera_command.py SLUICE DRIFTING_VIDEO SOURCE_DIR
"""
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

SLUICE, VIDEO, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
MODEL = SOURCE / "apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx"
PIXELS = ["--pixel-max", 1, "--mean", 0.2860, "--std", 0.3530]
failures = 0


def run(*command, code=0):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=200)
    if done.returncode != code:
        sys.exit(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def check(holds, what):
    global failures
    failures += not holds
    print(("ok    " if holds else "FAIL  ") + what, flush=True)


def jpegs_of(video):
    """The frames of a Motion JPEG file, cut out at their marks."""
    data, frames, at = video.read_bytes(), [], 0
    while (at := data.find(b"\xff\xd8\xff", at)) >= 0:
        end = data.find(b"\xff\xd9", at) + 2
        frames.append(data[at:end])
        at = end
    return frames


class Camera(http.server.BaseHTTPRequestHandler):
    """Frames for ever; the first connections are cut after some."""
    frames, cuts_after, connections = [], [], 0

    def do_GET(self):
        most = Camera.cuts_after.pop(0) if Camera.cuts_after else None
        Camera.connections += 1
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        sent = 0
        try:
            while most is None or sent < most:
                frame = Camera.frames[sent % len(Camera.frames)]
                self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(frame) + frame + b"\r\n")
                sent += 1
                time.sleep(0.02)
        except OSError:
            pass

    def log_message(self, *_):
        pass


def main():
    with tempfile.TemporaryDirectory(prefix="sluice-camera-") as folder:
        work = pathlib.Path(folder)
        script = work / "script.json"
        script.write_text(json.dumps({"scenes": [{"name": "day", "images": 90}, {"name": "covered", "images": 90, "brightness": 0.02}]}))
        run(VIDEO, "--images", FASHION / "t10k-images-idx3-ubyte.gz", "--script", script, "-o", work / "clip.avi", "--side", 112)
        Camera.frames = jpegs_of(work / "clip.avi")
        check(len(Camera.frames) == 180, f"{len(Camera.frames)} frames in the video")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/live"

        run(SLUICE, "plan", MODEL, "--calib", work / "clip.avi", "--calib-images", 45, "--trials", 0, *PIXELS, "--quiet", "-o", work / "clip_bundle")
        frames = sorted(p.name for p in (work / "clip_bundle.frames").iterdir())
        check(frames == [f"frame_{i:06}.png" for i in range(90)], "plan --calib VIDEO keeps 90 frames, half of the video")
        sizes = [(work / "clip_bundle.frames" / name).stat().st_size for name in frames]
        check(2 * sum(sizes[45:]) < sum(sizes[:45]), "evenly spread: the second half is dark, as the video's is, and packs better")
        said = run(SLUICE, "plan", MODEL, "--calib", url, "--calib-images", 10, "--held-out", 10, "--engine", "dense", *PIXELS, "-o", work / "live_bundle")
        check(len(list((work / "live_bundle.frames").iterdir())) == 20 and "on 10 held-out pictures" in said, "plan --calib URL takes 20 frames of the stream")

        run(SLUICE, "plan", MODEL, "--calib", FASHION / "train-images-idx3-ubyte.gz", "--calib-images", 100, "--held-out", 500, "--trials", 0, *PIXELS,
            "--quiet", "-o", work / "bundle")
        Camera.cuts_after, Camera.connections = [40, 30], 0
        lines = [json.loads(line) for line in run(SLUICE, "camera", work / "bundle", "--source", url, "--frames", 150, "--json").splitlines()]
        end = lines[-1]
        check([line["kind"] for line in (lines[0], end)] == ["start", "end"], "JSON lines from start to end")
        check(end["camera_cuts"] == 2 and Camera.connections == 3, f"{end['camera_cuts']} cuts, {Camera.connections} connections")
        check(end["frames_captured"] == 150 and end["answers"] + end["frames_dropped"] == 150, f"150 frames: {end['answers']} answered, {end['frames_dropped']} dropped")
        states = [line for line in lines if line["kind"] == "state"]
        check(any(s["camera_state"] == "reconnecting" and "no picture came" in s["camera_trouble"] for s in states) or len(states) < 2, "the cut is told")
        check(lines[0]["rate_kind"] == "simulated" and lines[0]["densest_images_per_s"] < lines[0]["policy"]["target_images_per_s"] < lines[0]["fastest_images_per_s"],
              "the usual target lies between the densest and the fastest row")

        log = work / "audit.jsonl"
        lines = [json.loads(line) for line in run(SLUICE, "camera", work / "bundle", "--source", work / "clip.avi", "--fps", 60, "--json", "--audit-log", log).splitlines()]
        switches = [line for line in lines if line["kind"] == "switch"]
        check(len(switches) == lines[-1]["switches"] >= 1 and all(len(s["reason"]) > 10 for s in switches), f"{len(switches)} switches, each with a reason")
        replayed = json.loads(run(SLUICE, "replay", log, "--json"))
        check(replayed["differences"] == 0 and len(replayed["switches"]) == len(switches), "replay takes the same decisions again")
        server.shutdown()
    return 1 if failures else 0


sys.exit(main())
