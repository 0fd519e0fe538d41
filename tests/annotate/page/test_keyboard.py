"""Everything without a pointer, and keys that stay out of the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytest.importorskip("playwright", reason="needs playwright: pip install playwright")
pytest.importorskip("uvicorn", reason="needs uvicorn: pip install uvicorn")

from playwright.sync_api import Page, expect

from annotate.store.store import commit
from tests.annotate.page.pointing import click, press, saved, shown
from tests.annotate.page.site import PLACES, Site, actions, hand, label, stored


def place(site: Site, landmark: int) -> tuple[float, float]:
    said = stored(site, "a.jpg")
    assert said is not None
    point = said["hands"][0]["points"][landmark]
    return point["x"], point["y"]


def test_a_hand_is_labelled_by_keys_alone(site: Site, page: Page) -> None:
    press(page, "r", "Space")  # the cursor appears in the middle of what is seen
    expect(page.locator("#message")).to_contain_text("Cursor for Wrist")
    for _ in range(21):
        press(page, "ArrowRight", "ArrowUp", "ArrowUp", "Space")
    expect(page.locator("#next-title")).to_have_text("Hand complete")
    saved(page)
    first, last = place(site, 0), place(site, 20)
    assert first == pytest.approx((160.5 + 1, 120.5 - 2))
    assert last == pytest.approx((160.5 + 21, 120.5 - 42))
    press(page, "2", "2")  # index MCP, then PIP
    expect(page.locator("#next-name")).to_have_text("Index PIP")
    before = place(site, 6)
    press(page, "ArrowLeft", "ArrowLeft", "Shift+ArrowDown", "h")
    saved(page)
    assert place(site, 6) == (before[0] - 2, before[1] + 10)
    # A run of arrow keys is one revision.
    assert actions(site, "a.jpg")[-2:] == ["move Index PIP", "Index PIP hidden"]
    assert (place(site, 5), place(site, 20)) == ((first[0] + 5, first[1] - 10), last)
    press(page, "Enter")
    shown(page, site.ids["b.jpg"])
    saved(page)
    said = stored(site, "a.jpg")
    assert said is not None
    assert said["done"]
    assert said["hands"][0]["side"] == "right"


def test_steps_of_arrow_keys_are_committed_when_they_rest_and_before_going_on(
    site: Site, page: Page
) -> None:
    click(page, 100, 100)
    saved(page)
    start = place(site, 0)
    press(page, "q", "w", "ArrowRight")  # the wrist is missing no more: it moves
    press(page, "0", "ArrowRight", "d")
    saved(page)
    assert place(site, 0) == (start[0] + 1, start[1])
    press(page, "a", "0", "ArrowUp", "ArrowUp")
    expect(page.locator("#saved")).to_have_text("Saving 1 edit…")
    saved(page)
    assert place(site, 0) == (start[0] + 1, start[1] - 2)
    assert actions(site, "a.jpg") == ["place Wrist", "move Wrist", "move Wrist"]


def test_every_control_is_reached_by_tab_and_shows_that_it_is(
    site: Site, open_page: Callable[..., Page]
) -> None:
    commit(site.store, site.ids["a.jpg"], None, label(hand()), "ask the tracker", "tracker")
    page = open_page(site)
    wanted = page.evaluate(
        """() => [...document.querySelectorAll("button, input, [tabindex='0'], a")]
            .filter((it) => it.checkVisibility() && !it.disabled && it.tabIndex === 0).length"""
    )
    assert wanted > 25
    seen = []
    for _ in range(wanted):
        press(page, "Tab")
        seen.append(
            page.evaluate(
                """() => { const it = document.activeElement, style = getComputedStyle(it);
                const name = it.ariaLabel || it.getAttribute("aria-label") || it.textContent.trim()
                  || it.closest("label")?.textContent.trim();
                return [it.id || it.dataset.run || it.dataset.focus || it.dataset.order
                  || it.dataset.visibility || it.className, name, style.outlineStyle]; }"""
            )
        )
    assert len({key for key, _, _ in seen}) == wanted
    assert all(name for _, name, _ in seen)
    assert all(outline != "none" for _, _, outline in seen)


def test_a_focused_control_keeps_its_keys(site: Site, open_page: Callable[..., Page]) -> None:
    commit(site.store, site.ids["a.jpg"], None, label(hand()), "ask the tracker", "tracker")
    page = open_page(site)
    page.locator("#mirror").focus()
    press(page, "Enter")  # presses the button; it does not confirm
    shown(page, site.ids["a.jpg"])
    page.locator("#brightness").focus()
    press(page, "ArrowRight", "ArrowRight")
    expect(page.locator("#brightness-value")).to_have_text("110 %")
    page.locator("#chips .chip.wrist").focus()
    press(page, "ArrowDown", "ArrowDown")
    expect(page.locator("#next-name")).to_have_text("Thumb MCP")
    saved(page)
    assert actions(site, "a.jpg") == ["ask the tracker", "is a mirror image"]
    page.locator("#strip").focus()
    press(page, "ArrowRight", "ArrowRight", "ArrowLeft")
    shown(page, site.ids["b.jpg"])
    press(page, "a")
    shown(page, site.ids["a.jpg"])
    page.locator("#mirror").click()  # with the pointer: the next Enter is the page's
    press(page, "Enter")
    shown(page, site.ids["b.jpg"])


def test_no_key_fires_while_somebody_types_or_letters_are_off(site: Site, page: Page) -> None:
    page.evaluate(
        "() => { const i = document.createElement('input'); i.id = 'note'; "
        "document.body.prepend(i); i.focus(); }"
    )
    page.keyboard.type("xdn")
    shown(page, site.ids["a.jpg"])
    page.locator("#stage").focus()
    press(page, "?")
    page.get_by_label("Letter keys on").uncheck()
    press(page, "d")  # not below a dialog either
    press(page, "Escape", "x", "d")
    shown(page, site.ids["a.jpg"])
    press(page, "PageDown")
    shown(page, site.ids["b.jpg"])
    assert actions(site, "a.jpg") == []


def test_the_key_sheet_says_every_key(page: Page) -> None:
    press(page, "?")
    text = page.locator("#keys").inner_text()
    for key in ["Enter", "U", "Space", "V", "H", "O", "N", "M", "X", "C", "T", "I", "Ctrl+Z", "J"]:
        assert key in text.split()
    press(page, "?")
    expect(page.locator("#keys")).to_be_hidden()


def test_what_happened_is_said_and_points_outside_are_kept_in_sight(site: Site, page: Page) -> None:
    click(page, *PLACES[0])
    expect(page.get_by_role("status")).to_contain_text("Wrist at 160.")
    press(page, *["+"] * 8, "0")
    press(page, *["Shift+ArrowLeft"] * 20)
    box = page.locator("#overlay .joint.chosen .cross:not(.halo)").bounding_box()
    stage = page.locator("#stage").bounding_box()
    assert box is not None
    assert stage is not None
    assert stage["x"] < box["x"] < stage["x"] + stage["width"]
    saved(page)
    said = stored(site, "a.jpg")
    assert said is not None
    wrist = said["hands"][0]["points"][0]
    assert wrist["x"] < 0
    assert wrist["visibility"] == 0
