# SPDX-License-Identifier: Apache-2.0
"""model_runner as a process that is asked again and again, and started anew when it dies or hangs.

    Runner(program, folder).ask(model, pictures, engine=..., bits=..., last=...)    its answer as a dictionary

A death is an answer, too: {"failed": {"stage": "process", "fault": "crash", "text"}}; so is a hang ("hang").
"""
import json
import os
import selectors
import subprocess
import tempfile

import onnx

from onnxruntime_scores import PIXELS

MOST_SECONDS = 120  # PoCL compiles some networks for half a minute on a busy machine


class Runner:
    def __init__(self, program, folder):
        self._program, self._folder, self._process = program, folder, None
        folder.mkdir(parents=True, exist_ok=True)

    def _start(self):
        self._log = tempfile.TemporaryFile("w+")
        environment = {**os.environ, "POCL_CACHE_DIR": str(self._folder.resolve() / "pocl")}
        self._process = subprocess.Popen([self._program],
                                         stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE,
                                         stderr=self._log,
                                         env=environment)

    def close(self):
        if self._process:
            self._process.stdin.close()
            self._process.wait()
            self._process = None

    def _failed(self, fault, text):
        self._process.kill()
        self._process.wait()
        self._process = None
        return {"failed": {"stage": "process", "fault": fault, "text": text}}

    def ask(self, model, pictures, engine, bits, last):
        if self._process is None:
            self._start()
        file = self._folder / "model.onnx"
        onnx.save(model, file)
        request = {
            "model": str(file), "pictures": str(pictures), "bundle": str(self._folder / "bundle"),
            **PIXELS, "engine": engine, "bits": bits, "last": last
        }
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # read() tells that it is dead
        with selectors.DefaultSelector() as ready:
            ready.register(self._process.stdout, selectors.EVENT_READ)
            if not ready.select(MOST_SECONDS):
                return self._failed("hang", f"no answer within {MOST_SECONDS} s")
        line = self._process.stdout.readline()
        if not line:
            self._log.seek(0)
            return self._failed("crash", f"the process ended: {self._log.read().strip()[-300:]}")
        # Sentences name the file; where it lay means nothing later.
        return json.loads(line.decode().replace(f"{self._folder}/", ""))
