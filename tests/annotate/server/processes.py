"""Servers as processes of their own, started in no time: each is the fork of one that waits."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]

_WAITING = """
import os, signal, sys
from pathlib import Path
from annotate.server.run import serve
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        print(os.getpid(), flush=True)
        serve(Path(line.strip()), port=0, open_browser=False)
"""


@dataclass
class Waiting:
    """A process that has imported all and starts servers.

    Attributes:
        process: which reads folders from its standard input.
        running: ids of the servers that were started and not killed.
    """

    process: subprocess.Popen[str]
    running: set[int] = field(default_factory=set)

    def fork(self, folder: Path) -> int:
        """Start a server; its process id. What it prints next is its address."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{folder}\n")
        self.process.stdin.flush()
        while not (line := self.process.stdout.readline().strip()).isdecimal():
            assert line  # the address of one that was killed
        self.running.add(int(line))
        return int(line)

    def kill(self, number: int) -> None:
        """SIGKILL to a server, and wait until it is gone."""
        self.running.discard(number)
        os.kill(number, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            while True:
                os.kill(number, 0)

    def start(self, folder: Path) -> tuple[int, str]:
        """The same, when it is ready; its address too."""
        number = self.fork(folder)
        assert self.process.stdout is not None
        return number, address_in(self.process.stdout.readline())


@contextlib.contextmanager
def waiting() -> Iterator[Waiting]:
    command = [sys.executable, "-c", _WAITING]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        servers = Waiting(process)
        try:
            yield servers
        finally:
            for number in tuple(servers.running):
                servers.kill(number)
            process.kill()


def run_server(folder: Path, **options: object) -> subprocess.Popen[str]:
    """A server as a person starts one."""
    given = "".join(f", {name}={value!r}" for name, value in options.items())
    code = (
        "from pathlib import Path; from annotate.server.run import serve;"
        "from synth.console import errors_as_lines\n"
        f"with errors_as_lines('hand-annotate'): serve(Path({str(folder)!r}),"
        f" open_browser=False{given})"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def address_in(line: str) -> str:
    found = re.search(r"http://\S+", line)
    assert found, line
    return found[0].rstrip("/")
