"""The formats that are one file of text each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from annotate.formats import coco, cvat, cvat_labels, label_studio
from annotate.formats.document import Document
from annotate.formats.label_studio_read import read_label_studio
from synth.errors import UserError

TextFormatName: TypeAlias = Literal["coco", "cvat", "label-studio"]


@dataclass(frozen=True)
class TextFormat:
    """How labels become a file and come back.

    Attributes:
        write: the file's content; the same bytes for the same document.
        read: from the content and a name for errors; raises UserError.
        losses: what the format cannot hold, for a person.
        file_name: that a download has.
        content_type: of the file.
        setup: what the other tool must be told before it takes the file: end of the name of a file
            beside it, its content, and what is done with that; None if nothing.
    """

    write: Callable[[Document], bytes]
    read: Callable[[bytes, str], Document]
    losses: str
    file_name: str
    content_type: str
    setup: tuple[str, Callable[[], str], str] | None = None


_FORMATS: Final[dict[TextFormatName, TextFormat]] = {
    "coco": TextFormat(
        coco.write_coco, coco.read_coco, coco.LOSSES, "coco.json", "application/json"
    ),
    "cvat": TextFormat(
        cvat.write_cvat,
        cvat.read_cvat,
        cvat.LOSSES,
        "cvat.xml",
        "application/xml",
        (
            ".cvat-labels.json",
            cvat_labels.raw_labels,
            'paste it into the tab "Raw" of the labels of a new task with the same photographs',
        ),
    ),
    "label-studio": TextFormat(
        label_studio.write_label_studio,
        read_label_studio,
        label_studio.LOSSES,
        "label-studio.json",
        "application/json",
        (
            ".interface.xml",
            lambda: label_studio.LABELING_CONFIG,
            'paste it as the "Code" of the project\'s labelling interface before the import',
        ),
    ),
}


def text_format(name: str) -> TextFormat:
    """A format by its name.

    Raises:
        UserError: if there is none of that name.
    """
    for known in get_args(TextFormatName):
        if name == known:
            return _FORMATS[known]
    raise UserError(
        f"--format: {name!r} is none of {', '.join(get_args(TextFormatName))} and shards"
    )
