"""What is the same of all files from elsewhere."""

from __future__ import annotations

from annotate.formats.reading import parse_json


def test_json_may_begin_with_a_mark_of_its_encoding() -> None:
    for encoding in ("utf-8", "utf-8-sig"):  # the second as Windows' editors save it
        assert parse_json(dict[str, str], '{"a": "é"}'.encode(encoding), "x.json") == {"a": "é"}
