#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of `sluice camera` in a headless Chromium, with the video that drifting_video makes from its script.

The script's video, once: at least three switches in the page, each with a reason, and covering the lens causes one.
Then, looped: the picture changes and numbers move; what is simulated and what is measured is named; a button and the keyboard
set policies, which switch the row; what the server refuses is told; the event stream is cut and comes back; the page fits 390
pixels, in light and in dark, and says when the demo has ended. Screenshots and the result are kept.

Usage: camera_page.py SLUICE DRIFTING_VIDEO SOURCE_DIR WORK_DIR RESULT_FILE
"""
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

from chromium import Chromium
from cut_connection import CutConnection

SLUICE, VIDEO, SOURCE, WORK, RESULT = (pathlib.Path(p).resolve() for p in sys.argv[1:6])
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
EXAMPLE = SOURCE / "apps/examples"
SCRIPT = EXAMPLE / "drifting_stream/camera.json"
lines = []


def check(holds, what):
    lines.append(("ok    " if holds else "FAIL  ") + what)
    print(lines[-1], flush=True)


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


class Camera:
    """`sluice camera` on a free port; its address is what it says."""

    def __init__(self, *options):
        self.process = subprocess.Popen([str(c) for c in (SLUICE, "camera", "bundle", "--source", "camera.avi", "--http", 0, *options)],
                                        cwd=WORK, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        found = re.search(r"the page: (http://127\.0\.0\.1:(\d+)/)", line)
        if not found:
            sys.exit(f"no address: {line}{self.process.stderr.read()}")
        self.url, self.port = found.group(1), int(found.group(2))

    def end(self):
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=30)
        return out


def covered_frames():
    """(first, after the last) frame of the script's covered lens."""
    at = 0
    for scene in json.loads(SCRIPT.read_text())["scenes"]:
        if "covered" in scene["name"]:
            return at, at + scene["images"]
        at += scene["images"]
    sys.exit("the script covers no lens")


def the_video_once():
    camera = Camera()
    with Chromium() as page:
        page.open(camera.url)
        check(page.wait("document.querySelector('#network').textContent === 'resnet8_fashion_mnist'"), "the page names the network")
        first, last = covered_frames()
        page.wait(f"Number(document.querySelector('#picture').dataset.frame) > {(first + last) // 2}", 30)
        page.picture(WORK / "covered.png")
        # For the README: when the covered lens is some seconds ago and it dusks.
        page.wait("Number(document.querySelector('#picture').dataset.frame) > 700", 30)
        page.value("scrollTo(0, 0)")
        page.picture(WORK / "readme.png", is_whole=False)
        camera.process.wait(120)
        check(page.wait("/has ended/.test(document.querySelector('#notice').textContent) && !document.querySelector('#notice').hidden"),
              "the page says that the demo has ended")
        switches = json.loads(page.value("JSON.stringify([...document.querySelectorAll('#switches li')].map(li => li.innerText))"))
        page.picture(WORK / "ended.png")
    check(len(switches) >= 3, f"{len(switches)} switches in the page over the script's video, at least 3")
    words = re.compile(r"([\d.]+) s\s+row (\d) \u2192 (\d)\s+(.{20,})", re.S)
    found = [words.match(text) for text in switches]
    check(all(found), "each has its time, its rows and a reason")
    rate = 30
    by_cover = [m for m in found if m and first / rate <= float(m.group(1)) <= (last + rate) / rate and re.search(r" 1 % then", m.group(4))]
    check(len(by_cover) >= 1, f"covering the lens ({first / rate:.0f} s to {last / rate:.0f} s) causes one: "
          + (" ".join(by_cover[-1].group(0).split()) if by_cover else "none"))


def looked_at_and_used():
    camera = Camera("--loop")
    with CutConnection(camera.port) as relay, Chromium() as page:
        page.open(f"http://127.0.0.1:{relay.port}/")
        row = lambda: page.text("#row-name")
        frame = "Number(document.querySelector('#picture').dataset.frame)"
        pixels = "(() => { const p = document.querySelector('#picture'), c = document.createElement('canvas'); c.width = c.height = 16;" \
                 " const t = c.getContext('2d'); t.drawImage(p, 0, 0, 16, 16); return [...t.getImageData(0, 0, 16, 16).data].join(); })()"
        page.wait(f"{frame} >= 0")
        seen = set()
        for _ in range(12):
            seen.add(page.value(pixels))
            time.sleep(0.25)
        check(len(seen) >= 4, f"the picture changes: {len(seen)} different ones in 3 s")
        rates = set()
        for _ in range(10):
            rates.add((page.text("#device-rate"), page.text("#camera-counts")))
            time.sleep(0.25)
        check(len(rates) >= 5, f"numbers move: {len(rates)} different states in 2.5 s")
        shown = page.value("Number(document.querySelector('#camera-rate').textContent)")
        check(20 <= shown <= 31, f"the camera's rate: {shown} frames/s of 30")
        kinds = page.value("[...document.querySelectorAll('.tile')].map(t => t.querySelector('.kind')?.textContent ?? '').join()")
        check(kinds == "measured,simulated,measured,", f"kinds of the tiles' numbers: {kinds}")
        check(page.value("document.querySelectorAll('#top li').length") == 5 and "%" in page.text("#top .share"), "five labels with percent")
        check(page.value("[...document.querySelectorAll('#density tr')].every(r => /%/.test(r.children[2].textContent) && /%/.test(r.children[3].textContent))"),
              "density of each layer beside the plan")

        page.click("#rows tr:nth-child(1) button")
        check(page.wait("document.querySelector('#row-name').textContent === '0'"), "the button of row 0 takes row 0")
        check(page.wait("/you chose row 0/.test(document.querySelector('#switches li').innerText)"), "and the switch says who chose it")
        # By keyboard alone: to the choice of a row, down to row 3, and Enter.
        page.value("document.querySelector('#fixed-row').focus()")
        for _ in range(3):
            page.press("ArrowDown")
        page.press("Tab")
        check(page.value("document.activeElement.type") == "submit", "Tab leads from the row to the button")
        page.press("Enter")
        check(page.wait("document.querySelector('#row-name').textContent === '3'"), "the keyboard takes row 3")
        check(page.text("#told").startswith("Set: always row 3"), f"it is told: {page.text('#told')}")
        check(not page.said, f"the page complains of nothing: {page.said}")
        page.value("document.querySelector('#target').focus(); document.querySelector('#target').select()")
        for digit in "9999999999999":
            page.press(digit)
        page.press("Enter")
        check(page.wait("/is not a rate/.test(document.querySelector('#told').textContent)"), f"a target beyond reason is refused: {page.text('#told')}")
        check(row() == "3", "and the row stays")
        page.value("document.querySelector('#target').select()")
        for digit in "12300":
            page.press(digit)
        page.press("Enter")
        check(page.wait("/holds 12,300 images/.test(document.querySelector('#told').textContent)"), "a target is set again")
        page.value("document.activeElement.blur()")

        before = page.value(frame)
        relay.cut(2.5)
        check(page.wait("!document.querySelector('#notice').hidden && /is cut/.test(document.querySelector('#notice').textContent)", 5), "a cut of the events is shown")
        page.value("scrollTo(0, 0)")
        page.picture(WORK / "cut.png", is_whole=False)
        check(page.wait("document.querySelector('#notice').hidden", 15), "and that it is over")
        check(page.wait(f"{frame} > {before + 60}", 15), "frames go on")
        check(page.value("document.querySelectorAll('#switches li').length") >= 1, "the switches so far are there again")

        page.resize(1280)
        page.wait("/holds/.test(document.querySelector('#row-why').textContent)", 10)
        page.picture(WORK / "light.png")
        paper = "getComputedStyle(document.body).backgroundColor"
        light = page.value(paper)
        page.resize(1280, is_dark=True)
        check(page.value(paper) != light, "dark mode has its own colours")
        page.picture(WORK / "dark.png")
        for is_dark in (False, True):
            page.resize(390, 844, is_dark)
            time.sleep(0.5)
            wide = page.value("[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 390.5 && !e.closest('.scroll, .skip'))"
                              ".map(e => e.id || e.className || e.tagName).join()")
            check(page.value("document.documentElement.scrollWidth") <= 390, f"390 pixels are wide enough ({'dark' if is_dark else 'light'}) {wide}".strip())
            page.picture(WORK / f"narrow_{'dark' if is_dark else 'light'}.png")
        said = camera.end()
        check("dropped" in said and "switches" in said, f"Ctrl-C drains and sums up: {said.strip()}")


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    run(SLUICE, "plan", EXAMPLE / "fashion_mnist/resnet8_fashion_mnist.onnx", "--calib", FASHION / "train-images-idx3-ubyte.gz", "--pixel-max", 1,
        "--mean", 0.2860, "--std", 0.3530, "--class-names", EXAMPLE / "fashion_mnist/class_names.txt", "--quiet", "-o", WORK / "bundle")
    run(VIDEO, "--images", FASHION / "t10k-images-idx3-ubyte.gz", "--script", SCRIPT, "-o", WORK / "camera.avi")
    begin = time.monotonic()
    the_video_once()
    looked_at_and_used()
    failures = sum(line.startswith("FAIL") for line in lines)
    version = subprocess.run(["chromium", "--version"], capture_output=True, text=True).stdout.strip()
    RESULT.write_text(f"The page of sluice camera in a headless browser (./run camera-page), {version.split(' built')[0]}\n\n" + "\n".join(lines)
                      + f"\n\n{len(lines)} checks, {failures} failed, {time.monotonic() - begin:.0f} s\n")
    return 1 if failures else 0


sys.exit(main())
