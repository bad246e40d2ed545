"""`fairdesk serve` as an operator starts it: a process of its own, reached over HTTP alone."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.api.serving import PATIENCE, Caller, until


class Service:
    """A running `fairdesk serve` and the folder that it keeps everything in."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns when it is ready."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [str(Path(sys.executable).parent / "fairdesk"), "serve", "--port", str(port)]
        told = os.environ | {"FAIRDESK_HOME": str(self.home), "FAIRDESK_BURST_MS": "20", "FAIRDESK_LOG_LEVEL": "ERROR"}
        self.process = subprocess.Popen(command, env=told, stdout=subprocess.DEVNULL)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE)
        until(self._ready, "the service", patience=60)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it; its exit code."""
        assert self.process
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        self.http.close()
        return code

    def buyer(self, name: str) -> Caller:
        """A buyer of the demo shop, with the token that the demo mints."""
        minted = self.http.post("/v1/demo/token", json={"buyer": name})
        return Caller(self.http, minted.json()["token"], name)

    def staff(self, name: str, password: str) -> Caller:
        """A person who logs in."""
        session = self.http.post("/v1/staff/login", json={"name": name, "password": password})
        return Caller(self.http, session.json()["token"], name)

    def _ready(self) -> bool:
        assert self.process
        assert self.process.poll() is None, "the service ended by itself"
        try:
            return self.http.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The demo, served."""
    made = Service(tmp_path_factory.mktemp("served"))
    made.start()
    yield made
    if made.process and made.process.poll() is None:
        made.stop()
