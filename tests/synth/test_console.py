"""One line and a status for every error; the version."""

from __future__ import annotations

import signal

import pytest
import typer
from typer.testing import CliRunner

from synth.console import BAD_INPUT, FAILED, errors_as_lines, interruptible, new_app
from synth.errors import UserError


@pytest.mark.parametrize(
    ("error", "line", "status"),
    [
        (UserError("a.yaml:\n  no\tsuch key"), "prog: a.yaml: no such key", BAD_INPUT),
        (FileNotFoundError(2, "No such file", "b.tar"), "prog: b.tar: No such file", FAILED),
        (OSError("odd"), "prog: system: odd", FAILED),
    ],
)
def test_errors_are_one_line(
    error: Exception, line: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended, errors_as_lines("prog"):
        raise error
    assert ended.value.code == status
    assert capsys.readouterr().err == line + "\n"


def test_what_is_nobodys_fault_but_ours_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), errors_as_lines("prog"):
        raise ZeroDivisionError


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_in_one_line(
    number: signal.Signals, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as ended, interruptible("prog", "stopped: go on"):
        signal.raise_signal(number)
    assert ended.value.code == status
    assert capsys.readouterr().err == "prog: stopped: go on\n"
    assert signal.getsignal(signal.SIGTERM) == before


def test_version() -> None:
    app = new_app("prog", "About it.")

    @app.command()
    def nothing() -> None:
        raise typer.Exit(9)

    result = CliRunner().invoke(app, ["--version"])
    assert result.exit_code == 0
    assert result.output.startswith("prog ")
    assert "About it." in CliRunner().invoke(app, ["--help"]).output
    assert CliRunner().invoke(app, ["nothing"]).exit_code == 9
