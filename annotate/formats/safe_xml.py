"""XML from elsewhere: no document type, so no entities that grow or lead to other files."""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from synth.errors import UserError

#: Deeper than any annotation file is.
_DEEPEST: Final = 32
#: What XML 1.0 cannot hold, whatever way it is written.
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse_xml(data: bytes, name: str) -> Element:
    """Root of a document.

    Args:
        name: of the file, for errors.

    Raises:
        UserError: one line, if it is damaged, has a document type or is nested without end.
    """
    builder = TreeBuilder()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise UserError(f"{name}: elements are nested more than {_DEEPEST} deep")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_declaration: Any) -> NoReturn:
        raise UserError(f"{name}: has a document type (<!DOCTYPE>), which is not read: remove it")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # LookupError: of the encoding
        raise UserError(f"{name}: is no XML: {error}") from None
    return builder.close()


def refuse_control_characters(text: str) -> None:
    """Raises:
    UserError: if a text has characters that XML cannot hold.
    """
    if _NOT_IN_XML.search(text):
        raise UserError(f"{text!a:.200}: has characters that XML cannot hold: rename the file")
