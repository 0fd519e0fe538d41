"""Fingers: a tap places, one drags a point, two move and enlarge the photograph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright", reason="needs playwright: pip install playwright")
pytest.importorskip("uvicorn", reason="needs uvicorn: pip install uvicorn")

from playwright.sync_api import Page, expect

from annotate.store.store import commit
from tests.annotate.page.pointing import box, on_screen, press, saved
from tests.annotate.page.site import PLACES, Site, actions, hand, label, stored

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def fingers(page: Page) -> Callable[..., None]:
    session = page.context.new_cdp_session(page)

    def send(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return send


def test_a_tap_places_a_finger_drags_and_two_enlarge(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(site, **PHONE)
    page.touchscreen.tap(*on_screen(page, 100, 100))
    page.touchscreen.tap(*on_screen(page, 200, 60))
    expect(page.locator("#next-name")).to_have_text("Thumb MCP")
    touch = fingers(page)
    x, y = on_screen(page, 100, 100)
    touch("touchStart", (x + 6, y))  # beside the point: a finger is not that exact
    for step in range(1, 6):
        touch("touchMove", (x + 6 + 10 * step, y + 4 * step))
    touch("touchEnd")
    saved(page)
    said = stored(site, "a.jpg")
    assert said is not None
    wrist, thumb = said["hands"][0]["points"][:2]
    scale = box(page)[2]
    assert (wrist["x"], wrist["y"]) == pytest.approx((100 + 50 / scale, 100 + 20 / scale), abs=1.5)
    assert (thumb["x"], thumb["y"]) == pytest.approx((200, 60), abs=1.5)

    _, _, before = box(page)
    middle = on_screen(page, 150, 150)
    touch("touchStart", (middle[0] - 40, middle[1]))
    touch("touchStart", (middle[0] - 40, middle[1]), (middle[0] + 40, middle[1]))
    for step in range(1, 5):
        apart = 40 + 10 * step
        touch("touchMove", (middle[0] - apart, middle[1] + 20), (middle[0] + apart, middle[1] + 20))
    touch("touchEnd")
    left, top, after = box(page)
    assert after / before == pytest.approx(2, abs=0.05)
    # What was between the fingers still is, where they have gone.
    assert (left + 150 * after, top + 150 * after) == pytest.approx(
        (middle[0], middle[1] + 20), abs=3
    )
    saved(page)
    assert actions(site, "a.jpg") == ["place Wrist", "place Thumb CMC", "move Wrist"]


def test_a_second_finger_takes_a_drag_back(site: Site, open_page: Callable[..., Page]) -> None:
    commit(site.store, site.ids["a.jpg"], None, label(hand()), "ask the tracker", "tracker")
    page = open_page(site, **PHONE)
    touch = fingers(page)
    x, y = on_screen(page, *PLACES[0])
    touch("touchStart", (x, y))
    touch("touchMove", (x + 20, y - 40))
    touch("touchStart", (x + 20, y - 40), (x + 80, y - 80))
    touch("touchMove", (x + 10, y - 40), (x + 90, y - 80))
    touch("touchEnd")
    saved(page)
    assert actions(site, "a.jpg") == ["ask the tracker"]


def test_nothing_is_cut_off(site: Site, page: Page) -> None:
    press(page, "n")
    for width, height in [(1440, 900), (1024, 768), (390, 844), (844, 390), (640, 400)]:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(150)
        cut: list[Any] = page.evaluate(
            """() => [...document.querySelectorAll("button")].filter((it) => {
              if (!it.checkVisibility()) return false;
              const box = it.getBoundingClientRect();
              return it.scrollWidth > it.clientWidth + 1 || box.left < -0.5
                || box.right > innerWidth + 0.5;
            }).map((it) => it.textContent.trim())"""
        )
        assert cut == []
        left, top, scale = box(page)
        assert scale * 320 > 0.3 * min(width, height)
        assert min(left, top) >= 0


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1366, 768)])
def test_at_twice_the_size_the_photograph_has_half_of_the_screen(
    site: Site, page: Page, width: int, height: int
) -> None:
    """Zoomed to 200 %, a window has half as many CSS pixels."""
    page.set_viewport_size({"width": width // 2, "height": height // 2})
    stage = page.locator("#stage").bounding_box()
    panel = page.locator(".panel").bounding_box()
    assert stage is not None
    assert panel is not None
    assert stage["height"] > 0.6 * height / 2
    assert stage["width"] > 0.5 * width / 2
    assert panel["x"] >= stage["x"] + stage["width"]  # beside, not below
