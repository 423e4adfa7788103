# SPDX-License-Identifier: Apache-2.0
"""CutConnection: a relay between a browser and a server whose connections a test cuts.

    with CutConnection(port) as relay: open(f"http://127.0.0.1:{relay.port}/"); relay.cut(seconds)
"""
import socket
import threading
import time


class CutConnection:
    def __init__(self, to_port):
        self.to_port, self.closed_until, self.ended = to_port, 0.0, False
        self.open, self.lock = set(), threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended = True
        self.listener.close()
        self.cut(0)

    def cut(self, seconds):
        """Ends all connections; new ones are ended at once for so long."""
        with self.lock:
            self.closed_until = time.monotonic() + seconds
            for one in self.open:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _accept(self):
        while not self.ended:
            try:
                come, _ = self.listener.accept()
                if time.monotonic() < self.closed_until:
                    come.close()
                    continue
                to = socket.create_connection(("127.0.0.1", self.to_port), 5)
            except OSError:
                continue
            with self.lock:
                self.open |= {come, to}
            for one, other in ((come, to), (to, come)):
                threading.Thread(target=self._relay, args=(one, other), daemon=True).start()

    def _relay(self, one, other):
        try:
            while piece := one.recv(65536):
                other.sendall(piece)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        with self.lock:
            self.open -= {one, other}
        one.close()
