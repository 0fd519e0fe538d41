"""Two passes compared: the other one's points beside this one's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="needs playwright: pip install playwright")
pytest.importorskip("uvicorn", reason="needs uvicorn: pip install uvicorn")

from playwright.sync_api import Page, expect

from annotate.store.opening import close, open_store
from annotate.store.store import commit, photographs
from tests.annotate.page.pointing import press, saved, shown
from tests.annotate.page.site import Site, actions, hand, label, picture


def test_the_other_pass_is_shown_and_the_worst_come_first(
    make_site: Callable[..., Site], open_page: Callable[..., Page], tmp_path: Path
) -> None:
    pictures = {f"{name}.jpg": picture(80) for name in "abcd"}
    folder = tmp_path / "photographs"
    folder.mkdir()
    for name, content in pictures.items():
        (folder / name).write_bytes(content)
    other = open_store(folder, tmp_path / "second.sqlite")
    shifts = {"a.jpg": 4, "b.jpg": 30, "d.jpg": 12}
    for photo in photographs(other):
        if photo.path in shifts:
            far = label(hand(confirmed=True, shift=shifts[photo.path]), done=True)
            commit(other, photo.id, None, far, "confirm all", "Ben")
    close(other)
    site = make_site(pictures, compare=tmp_path / "second.sqlite")
    for name in shifts:
        near = label(hand(confirmed=True), done=True)
        commit(site.store, site.ids[name], None, near, "confirm all", "Ann")
    page = open_page(site, at="a.jpg")
    expect(page.locator("#overlay .other .joint")).to_have_count(0)
    press(page, "k")
    joint = page.locator("#overlay .other .joint:not([visibility])").first
    own = page.locator("#overlay .hand.selected .joint").first
    expect(joint).to_be_visible()
    their, mine = joint.locator(".dot").bounding_box(), own.locator(".dot").bounding_box()
    image = page.locator("#photograph img").bounding_box()
    assert their is not None
    assert mine is not None
    assert image is not None
    apart = (their["x"] + their["width"] / 2) - (mine["x"] + mine["width"] / 2)
    assert abs(apart - 4 * image["width"] / 320) < 1.5
    for name in ["b.jpg", "d.jpg", "a.jpg"]:
        press(page, "j")
        shown(page, site.ids[name])
        expect(page.locator("#review-text")).to_contain_text("% of a palm")
    press(page, "k")
    expect(page.locator("#overlay .other .joint")).to_have_count(0)
    saved(page)
    assert actions(site, "a.jpg") == ["confirm all"]
