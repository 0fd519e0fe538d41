"""What the commands share: the version, and errors as one line with an exit status."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NoReturn

import typer

from synth.errors import UserError

#: The generator's command; `hand-annotate` and `hand-tracker` name themselves.
HAND_SYNTH = "hand-synth"

BAD_INPUT = 2
FAILED = 1


def new_app(program: str, about: str) -> typer.Typer:
    """A command line with `--version`."""
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help=about,
    )

    def show_version(asked: bool) -> None:
        if asked:
            print(_version_line(program))
            raise typer.Exit

    @app.callback()
    def options(
        version: bool = typer.Option(
            False, "--version", callback=show_version, is_eager=True, help="Print the version."
        ),
    ) -> None:
        pass

    return app


@contextlib.contextmanager
def errors_as_lines(program: str, bad_input: int = BAD_INPUT) -> Iterator[None]:
    """Turn an error meant for a person into one line on stderr and an exit status."""
    try:
        yield
    except UserError as error:
        fail(program, " ".join(str(error).split()), bad_input)
    except OSError as error:
        fail(program, f"{error.filename or 'system'}: {error.strerror or error}", FAILED)


@contextlib.contextmanager
def interruptible(program: str, line: str) -> Iterator[None]:
    """End in one line on Ctrl-C (exit status 130) and on SIGTERM (143)."""
    status = 128 + signal.SIGINT

    def terminate(_number: int, _frame: Any) -> None:
        nonlocal status
        status = 128 + signal.SIGTERM
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    except KeyboardInterrupt:
        fail(program, line, status)
    finally:
        signal.signal(signal.SIGTERM, old)


def fail(program: str, line: str, status: int) -> NoReturn:
    print(f"{program}: {line}", file=sys.stderr)
    raise SystemExit(status)


def _version_line(program: str) -> str:
    try:
        return f"{program} {version('handsynth')}"
    except PackageNotFoundError:
        return f"{program}, not installed"
