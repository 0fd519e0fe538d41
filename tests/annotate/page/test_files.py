"""The page's files name each other; no browser is needed for this."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "annotate" / "page"


def test_all_modules_are_asked_for_at_once() -> None:
    """And each is reached from the first."""
    text = (PAGE / "index.html").read_text(encoding="utf-8")
    ahead = set(re.findall(r'rel="modulepreload" href="/page/([\w-]+\.js)"', text))
    modules = {path.name for path in PAGE.glob("*.js")}
    assert ahead == modules - {"main.js"}
    imported = {
        name
        for path in PAGE.glob("*.js")
        for name in re.findall(r'from "\./([\w-]+\.js)"', path.read_text(encoding="utf-8"))
    }
    assert imported == modules - {"main.js"}
    sheets = re.findall(r'rel="stylesheet" href="/page/([\w-]+\.css)"', text)
    assert sorted(sheets) == sorted(path.name for path in PAGE.glob("*.css"))
