#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A run that is asked to end (SIGINT, SIGTERM, SIGHUP) drains, tells what it measured, leaves nothing half made, and
ends with 128 + n; a second signal ends it at once. Usage: signals.py SLUICE SOURCE_DIR
"""
import fcntl
import json
import os
import pathlib
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

SLUICE, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
MODEL = SOURCE / "apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx"
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
MANY = 200_000  # pictures of a run that nobody waits for


def until(what, seconds=60):
    """Waits until what() is true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


class Signals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="sluice-signals-"))
        (cls.shared / "pictures").mkdir()
        for i in range(4):
            pixels = bytes((40 * i + x * y) % 256 for x in range(28) for y in range(28))
            (cls.shared / "pictures" / f"{i}.pgm").write_bytes(b"P5 28 28 255\n" + pixels)
        (cls.shared / "many.txt").write_text("".join(f"pictures/{i % 4}.pgm 3\n" for i in range(MANY)))
        done = subprocess.run([SLUICE, *cls.plan_words("bundle")], capture_output=True, text=True, cwd=cls.shared)
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.shared)

    @staticmethod
    def plan_words(output):
        return ["plan", MODEL, "--calib", "pictures", "--engine", "pair_sparse", "-o", output]

    def start(self, *words, out=subprocess.PIPE, **how):
        return subprocess.Popen([SLUICE, *words], stdout=out, stderr=subprocess.PIPE, text=True, cwd=self.shared, **how)

    def test_camera_drains_and_sums_up(self):
        for number in SIGNALS:
            out = self.shared / "events"
            with open(out, "w") as file:
                process = self.start("camera", "bundle", "--source", "pictures", "--loop", "--http", "0", "--json", out=file)
            until(lambda: '"kind":"state"' in out.read_text())
            process.send_signal(number)
            _, messages = process.communicate(timeout=20)
            self.assertEqual(process.returncode, 128 + number, messages)
            end = json.loads(out.read_text().splitlines()[-1])
            self.assertEqual(end["kind"], "end")
            self.assertEqual(end["errors"], 0)
            self.assertIn(end["frames_captured"] - end["answers"] - end["frames_dropped"], (0, 1), "one may wait when it ends")

    def test_camera_whose_reader_went_away_ends(self):
        process = self.start("camera", "bundle", "--source", "pictures", "--loop", "--json")
        self.assertEqual(json.loads(process.stdout.readline())["kind"], "start")
        process.stdout.close()
        try:
            self.assertEqual(process.wait(30), 2)
            self.assertIn("standard output could not be written", process.stderr.read())
        finally:
            process.kill()
            process.wait()
            process.stderr.close()

    def test_classify_finishes_what_it_accepted(self):
        for number in SIGNALS:
            out, log = self.shared / "lines", self.shared / "log"
            with open(out, "w") as file:
                process = self.start("classify", "bundle", "many.txt", "--json", "--device", "sim", "--audit-log", log, out=file)
            until(lambda: out.stat().st_size > 0)
            process.send_signal(number)
            _, messages = process.communicate(timeout=20)
            self.assertEqual(process.returncode, 128 + number, messages)
            lines = out.read_text().splitlines()
            self.assertLess(len(lines), MANY)
            self.assertTrue(all(json.loads(line)["top"] for line in lines))
            self.assertIn(f"{len(lines)} pictures, 0 could not be read", messages)
            self.assertIn(number.name, messages)
            end = json.loads(log.read_text().splitlines()[-1])
            self.assertEqual((end["kind"], end["images"]), ("end", len(lines)))

    def test_a_trace_is_whole_however_the_process_ends(self):
        for number in (signal.SIGINT, signal.SIGKILL):
            trace = self.shared / f"trace{number}.json"
            process = self.start("classify", "bundle", "many.txt", "--json", "--trace", trace, out=subprocess.DEVNULL)
            until(lambda: trace.exists() and '"name":"row"' in trace.read_text())  # it is told once a second
            process.send_signal(number)
            process.communicate(timeout=20)
            events = json.loads(trace.read_text())
            self.assertTrue({"decode", "preprocess", "submit", "row 0", "collect", "deliver", "row"} <= {event["name"] for event in events})

    def test_bench_eval_and_simulate_tell_what_they_measured(self):
        for words, key in [(["bench", "bundle", "--seconds", "600"], "images"),
                           (["eval", "bundle", "--images", "many.txt", "--device", "pocl"], "executions"),
                           (["simulate", "bundle", "--images", "many.txt"], "images")]:
            for number in SIGNALS if words[0] == "bench" else SIGNALS[:1]:
                process = self.start(*words, "--json")
                time.sleep(3)
                process.send_signal(number)
                result, messages = process.communicate(timeout=30)
                self.assertEqual(process.returncode, 128 + number, f"{words}: {messages}")
                self.assertTrue(json.loads(result), words)

    def test_plan_leaves_a_state_to_go_on_from(self):
        for phase in ("calibrate", "sensitivity", "check"):
            process = self.start(*self.plan_words("out"))
            for line in process.stderr:
                if f"] {phase}:" in line:
                    break
            process.send_signal(signal.SIGTERM)
            _, messages = process.communicate(timeout=60)
            if process.returncode == 0:  # it had ended before the signal came
                shutil.rmtree(self.shared / "out")
                continue
            self.assertEqual(process.returncode, 128 + signal.SIGTERM, messages)
            self.assertIn("the same command goes on from there", messages)
            self.assertEqual([path.name for path in self.shared.iterdir() if "partial" in path.name], [])
            self.assertFalse((self.shared / "out").exists())
            self.assertTrue((self.shared / "out.plan").exists())
            done = subprocess.run([SLUICE, *self.plan_words("out")], capture_output=True, text=True, cwd=self.shared)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("are taken up again", done.stderr)
            self.assertFalse((self.shared / "out.plan").exists())
            shutil.rmtree(self.shared / "out")

    def test_what_a_killed_plan_left_is_removed_by_the_next(self):
        left, held = self.shared / "next.999999.sluice-partial", self.shared / "next.999998.sluice-partial"
        others = [self.shared / "next.mine.sluice-partial", self.shared / "nextnext.1.sluice-partial"]
        for folder in (left, held, *others):
            folder.mkdir()
            (folder / "top.cl").write_text("text")
        lock = os.open(held, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)  # as the process does that is making it
        done = subprocess.run([SLUICE, *self.plan_words("next")], capture_output=True, text=True, cwd=self.shared)
        os.close(lock)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse(left.exists())
        self.assertTrue(all(folder.exists() for folder in (held, *others)))

    def test_a_compiler_is_ended_with_its_children(self):
        for is_second in (False, True):
            cache = self.shared / f"cache-{is_second}"
            mark = self.shared / f"mark-{is_second}"
            compiler = self.shared / "slow-compiler"
            compiler.write_text(f"#!/bin/sh\n[ \"$1\" = --version ] && exec echo slow 1\nsleep 600 & echo $! > {mark}.new; mv {mark}.new {mark}; wait\n")
            compiler.chmod(0o755)
            process = self.start("classify", "bundle", "pictures", "--device", "threads", start_new_session=True,
                                 env={**os.environ, "CXX": str(compiler), "XDG_CACHE_HOME": str(cache)})
            until(mark.exists)
            child = int(mark.read_text())
            process.send_signal(signal.SIGTERM)
            if is_second:
                process.send_signal(signal.SIGTERM)
            _, messages = process.communicate(timeout=10)
            self.assertEqual(process.returncode, 128 + signal.SIGTERM, messages)
            until(lambda: not is_running(child), 5)
            if not is_second:
                self.assertEqual([path.name for path in cache.rglob("work-*")], [], "the compiler's folder is removed")

    def test_a_compiler_inside_the_process_is_left(self):
        """PoCL's, which cannot be asked to stop: while it builds the program, and while it compiles kernels one by one."""
        for what, file in (("build", "*"), ("kernels", "*.so")):
            cache = self.shared / f"cold-{what}"
            process = self.start("classify", "bundle", "pictures", "--json", "--device", "pocl", env={**os.environ, "POCL_CACHE_DIR": str(cache)})
            until(lambda: any(cache.rglob(file)), 120)
            process.send_signal(signal.SIGTERM)
            result, messages = process.communicate(timeout=20)
            self.assertEqual(process.returncode, 128 + signal.SIGTERM, messages)
            self.assertEqual(result, "")

    def test_a_fault_ends_with_a_sentence(self):
        """As kill() sends it; a library's abort() and a stack that cannot grow come the same way."""
        for number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT):
            process = self.start("bench", "bundle", "--device", "sim", "--seconds", "600")
            time.sleep(1)
            process.send_signal(number)
            _, messages = process.communicate(timeout=20)
            self.assertEqual(process.returncode, 3, messages)
            self.assertIn(f"error: ended by {number.name}: a mistake of sluice", messages)

    def test_an_abort_of_a_library_ends_with_a_sentence(self):
        """PoCL aborts where its linker finds no file left; the handler of its compiler comes before ours."""
        for files in range(8, 20, 4):
            limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
            process = self.start("classify", "bundle", "pictures", "--device", "pocl", preexec_fn=limit,
                                 env={**os.environ, "POCL_CACHE_DIR": str(self.shared / f"few-{files}")})
            _, messages = process.communicate(timeout=120)
            self.assertIn(process.returncode, (0, 2, 3), f"{files} files: {messages}")
            self.assertEqual(process.returncode != 0, "error: " in messages, f"{files} files: {messages}")

    def test_a_stack_that_is_used_up_ends_with_a_sentence(self):
        limit = lambda: resource.setrlimit(resource.RLIMIT_STACK, (192 << 10, 192 << 10))
        done = subprocess.run([SLUICE, "--version"], capture_output=True, text=True, preexec_fn=limit)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("error: ended by SIGSEGV", done.stderr)

    def test_a_second_signal_ends_at_once(self):
        reading, writing = os.pipe()
        process = self.start("classify", "bundle", "many.txt", "--json", "--device", "sim", out=writing)
        os.close(writing)
        waiting = lambda: struct.unpack("i", fcntl.ioctl(reading, termios.FIONREAD, bytes(4)))[0]
        until(lambda: waiting() > 60_000)  # nobody reads, so the pipe is full and the run cannot end
        process.send_signal(signal.SIGINT)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(timeout=1)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=5), 128 + signal.SIGINT)
        process.stderr.close()
        os.close(reading)

    def test_a_signal_that_was_ignored_stays_ignored(self):
        for number in (signal.SIGHUP, signal.SIGBUS):
            process = self.start("bench", "bundle", "--seconds", "2", preexec_fn=lambda: signal.signal(number, signal.SIG_IGN))
            time.sleep(1)
            process.send_signal(number)
            _, messages = process.communicate(timeout=20)
            self.assertEqual(process.returncode, 0, messages)


def is_running(process):
    """A process that ended and waits for its parent does not count."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=1)
