"""What makes correcting a proposal quick: placing again, anew, fingers reversed, staying close."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("playwright", reason="needs playwright: pip install playwright")
pytest.importorskip("uvicorn", reason="needs uvicorn: pip install uvicorn")

from playwright.sync_api import Page, expect

from annotate.store.store import commit
from tests.annotate.page.pointing import box, click, on_screen, press, saved, shown
from tests.annotate.page.site import PLACES, Site, hand, label, points, stored


def proposed(site: Site, name: str = "a.jpg", shift: float = 0) -> None:
    commit(site.store, site.ids[name], None, label(hand(shift=shift)), "ask the tracker", "tracker")


def test_ctrl_click_puts_the_chosen_landmark_elsewhere_and_goes_on(
    site: Site, open_page: Callable[..., Page]
) -> None:
    proposed(site)
    page = open_page(site)
    press(page, "2")
    expect(page.locator("#next-name")).to_have_text("Index MCP")
    click(page, 300, 30)  # without Ctrl nothing moves
    page.keyboard.down("Control")
    click(page, 20, 25)
    page.keyboard.up("Control")
    saved(page)
    said = stored(site, "a.jpg")
    assert said is not None
    expected = np.array(PLACES)
    expected[5] = (20, 25)
    np.testing.assert_allclose(points(said), expected, atol=0.6)
    confirmed = [point["confirmed"] for point in said["hands"][0]["points"]]
    assert confirmed == [index == 5 for index in range(21)]
    expect(page.locator("#next-name")).to_have_text("Index PIP")


def test_a_hand_is_placed_anew_with_its_side(site: Site, open_page: Callable[..., Page]) -> None:
    proposed(site)
    page = open_page(site)
    press(page, "Shift+N")
    expect(page.locator("#next-name")).to_have_text("Wrist")
    for x, y in PLACES:
        click(page, x + 20, y)
    saved(page)
    said = stored(site, "a.jpg")
    assert said is not None
    assert [(one["id"], one["side"]) for one in said["hands"]] == [(1, "right")]
    np.testing.assert_allclose(points(said), np.array(PLACES) + (20, 0), atol=0.6)
    assert all(point["source"] == "person" for point in said["hands"][0]["points"])


def test_fingers_the_other_way_round(site: Site, open_page: Callable[..., Page]) -> None:
    proposed(site)
    page = open_page(site)
    press(page, "Shift+F")
    saved(page)
    order = [*range(5), 17, 18, 19, 20, 13, 14, 15, 16, 9, 10, 11, 12, 5, 6, 7, 8]
    np.testing.assert_allclose(points(stored(site, "a.jpg")), np.array(PLACES)[order])
    press(page, "Shift+F")
    saved(page)
    np.testing.assert_allclose(points(stored(site, "a.jpg")), PLACES)


def test_once_close_the_next_photographs_hand_is_shown_closely(
    site: Site, open_page: Callable[..., Page]
) -> None:
    proposed(site, "a.jpg")
    proposed(site, "b.jpg", shift=60)
    page = open_page(site)
    whole = box(page)[2]
    press(page, "z")
    page.wait_for_timeout(50)
    assert box(page)[2] > 1.05 * whole
    press(page, "Enter")
    shown(page, site.ids["b.jpg"])
    assert box(page)[2] > 1.05 * whole
    stage = page.locator("#stage").bounding_box()
    assert stage is not None
    middle = np.array([(x + 60, y) for x, y in PLACES])
    x, y = on_screen(page, *((middle.min(0) + middle.max(0)) / 2))
    assert x == pytest.approx(stage["x"] + stage["width"] / 2, abs=3)
    assert y == pytest.approx(stage["y"] + stage["height"] / 2, abs=3)
    press(page, "z", "a")
    shown(page, site.ids["a.jpg"])
    assert box(page)[2] == pytest.approx(whole)


def test_enter_goes_on_when_all_is_labelled(site: Site, open_page: Callable[..., Page]) -> None:
    for name in site.ids:
        commit(site.store, site.ids[name], None, label(hand(confirmed=True), done=True), "x", "y")
    page = open_page(site)
    shown(page, site.ids["a.jpg"])
    press(page, "Enter")
    shown(page, site.ids["b.jpg"])
