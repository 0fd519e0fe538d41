"""Writing an export to a file, and beside it what the other tool must be told first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from annotate.photographs.listing import OTHER_SUFFIXES, SUFFIXES
from annotate.store.schema import SUFFIX
from synth.errors import UserError
from synth.storage.files import write_atomically


def write_text(
    output: Path,
    content: bytes,
    setup: tuple[str, Callable[[], str], str] | None,
    store: Path,
) -> str | None:
    """Write an export, whole or not at all, and what `TextFormat.setup` says beside it.

    Args:
        output: the file; one that is there is replaced unless somebody's work is in it.
        content: of the file.
        setup: of the format.
        store: that the labels come from.

    Returns:
        A line for a person about the file beside it, if there is one.

    Raises:
        UserError: if the output is a photograph or a store of labels, or cannot be written.
    """
    target = output.resolve()
    try:
        if output.exists() and not output.is_file() and not output.is_dir():  # such as a pipe
            output.write_bytes(content)
            return None
        refuse_loss(output, store)
        write_atomically(target, [content])
        if setup is None:
            return None
        ending, text, use = setup
        beside = target.with_name(target.stem + ending)
        write_atomically(beside, [text().encode()])
    except OSError as error:
        raise UserError(
            f"{output}: cannot be written ({error.strerror}): name a file in a folder that is there"
        ) from None
    return f"{output.with_name(beside.name)}: {use}"


def refuse_loss(output: Path, store: Path) -> None:
    """See that no photograph and no labels are written over.

    Raises:
        UserError: if the output is there and is named as a photograph is, or is a store.
    """
    target = output.resolve()
    if not target.exists():
        return
    if target.samefile(store) or SUFFIX in target.name:  # and what SQLite puts beside one
        raise UserError(f"{output}: holds labels, name another --output")
    if target.name.lower().endswith((*SUFFIXES, *OTHER_SUFFIXES)):
        raise UserError(f"{output}: is a photograph, name another --output")
