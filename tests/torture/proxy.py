"""The road to a remote: git's own daemon behind a loopback proxy that cuts, swallows and delays."""

import os
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 60.0  # seconds; only a hang takes them


class Daemon:
    """`git daemon` over a folder, on a loopback port."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder, self.env = folder, env
        self.port = 0
        while not self._started():  # somebody may take the port before the daemon does
            pass

    def _started(self) -> bool:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        with tempfile.TemporaryFile() as said:
            self._process = subprocess.Popen(
                ["git", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={self.port}",
                 "--export-all", "--enable=receive-pack", f"--base-path={self.folder}",
                 "--timeout=30", "--verbose", "--log-destination=stderr", str(self.folder)],
                env=self.env, stdout=subprocess.DEVNULL, stderr=said,
            )  # fmt: skip
            deadline = time.monotonic() + PATIENCE
            while self._process.poll() is None:
                if b"Ready to rumble" in os.pread(said.fileno(), 4096, 0):
                    return True
                assert time.monotonic() < deadline, "git daemon does not start"
                time.sleep(0.01)
        return False

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(PATIENCE)


class Proxy:
    """Passes connections on to `port`; `mode` says what it does to those that come in then.

    pass; cut N: after N bytes to the client; cut-up N: after N bytes to the server; swallow N:
    once N bytes went up, no answer comes back, though the server gets all; slow: 0.2 s per piece;
    refuse.
    """

    def __init__(self, port: int) -> None:
        self.target = port
        self.mode, self.limit = "pass", 0
        self.struck = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                call, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass, args=(call,), daemon=True).start()

    def _pass(self, call: socket.socket) -> None:
        mode, limit = self.mode, self.limit
        with call, suppress(OSError):
            if mode == "refuse":
                self.struck += 1
                return
            with socket.create_connection(("127.0.0.1", self.target)) as server:
                line = _Line(call, server, mode, limit)
                up = threading.Thread(target=line.up, daemon=True)
                up.start()
                line.down()
                up.join(60)
                self.struck += line.struck

    def close(self) -> None:
        """Take no more calls."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(PATIENCE)


class _Line:
    """One connection."""

    def __init__(self, call: socket.socket, server: socket.socket, mode: str, limit: int) -> None:
        self.call, self.server, self.mode, self.limit = call, server, mode, limit
        self.sent = 0
        self.struck = False

    def up(self) -> None:
        """From the client to the server."""
        with suppress(OSError):
            while data := self.call.recv(16_384):
                self._wait()
                self.sent += len(data)
                if self.mode == "cut-up" and self.sent > self.limit:
                    self.struck = True
                    self.server.sendall(data[: len(data) // 2])
                    self._end()
                    return
                self.server.sendall(data)
            self.server.shutdown(socket.SHUT_WR)

    def down(self) -> None:
        """From the server to the client."""
        got = 0
        with suppress(OSError):
            while data := self.server.recv(16_384):
                self._wait()
                got += len(data)
                if self.mode == "cut" and got > self.limit:
                    self.struck = True
                    self.call.sendall(data[: len(data) // 2])
                    self._end()
                    return
                if self.mode == "swallow" and self.sent > self.limit:
                    # Silence; sometimes for longer than the program is willing to wait.
                    self.struck = True
                    self.server.settimeout(PATIENCE if self.limit else 25)
                    continue
                self.call.sendall(data)
        if self.mode == "swallow" and self.struck:
            self._end()
            return
        with suppress(OSError):
            self.call.shutdown(socket.SHUT_WR)

    def _wait(self) -> None:
        if self.mode == "slow":
            time.sleep(0.2)

    def _end(self) -> None:
        for end in (self.call, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
