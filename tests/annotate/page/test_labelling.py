"""A person labels hands with the pointer, in a real browser, before the real server."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

pytest.importorskip("playwright", reason="needs playwright: pip install playwright")
pytest.importorskip("uvicorn", reason="needs uvicorn: pip install uvicorn")

import cv2
import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from tests.annotate.page.pointing import box, click, drag, on_screen, press, saved, shown
from tests.annotate.page.site import (
    HEIGHT,
    PLACES,
    WIDTH,
    Site,
    actions,
    encoded,
    points,
    stored,
)

#: Centres of spots painted into a photograph, in rows, where no point need be near another.
SPOTS = [
    (95.5 + 21 * column + 3 * (row % 2), 75.5 + 36 * row + 2 * (column % 3))
    for row in range(3)
    for column in range(7)
]
SPOT = (255, 0, 255)


def spotted_and_turned() -> bytes:
    """A JPEG whose rows are columns of the photograph, as its EXIF tag 6 says."""
    image = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    for x, y in SPOTS:
        left, top = int(x - 3.5), int(y - 3.5)
        image[top : top + 7, left : left + 7] = SPOT
    turned = Image.fromarray(np.ascontiguousarray(np.rot90(image)))
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    turned.save(file, "JPEG", quality=95, subsampling=0, exif=exif)
    return file.getvalue()


def spots_on_screen(page: Page) -> list[tuple[float, float]]:
    """Where the spots are to be seen, row by row: measured in a picture of the screen."""
    screen = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    assert screen is not None
    blue, green, red = (screen[..., channel].astype(int) for channel in range(3))
    mask = ((red > 180) & (blue > 180) & (green < 110)).astype(np.uint8)
    _, _, stats, centres = cv2.connectedComponentsWithStats(mask)
    found = [
        (x + 0.5, y + 0.5) for (x, y), s in zip(centres[1:], stats[1:], strict=True) if s[4] > 20
    ]
    by_height = sorted(found, key=lambda spot: spot[1])
    rows = [sorted(by_height[start : start + 7]) for start in range(0, len(by_height), 7)]
    return [spot for row in rows for spot in row]


def test_a_hand_from_scratch_lands_where_it_was_clicked(
    make_site: Callable[..., Site], open_page: Callable[..., Page]
) -> None:
    site = make_site({"turned.jpg": spotted_and_turned(), "z.jpg": encoded(np.zeros((9, 9, 3)))})
    page = open_page(site)
    _, _, fitting = box(page)
    stage = page.locator("#stage").bounding_box()
    assert stage is not None
    middle = (stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.wheel(0, -120)
    page.mouse.down()
    page.mouse.move(middle[0] - 37, middle[1] + 21, steps=3)
    page.mouse.up()
    page.mouse.move(200, 20)  # away, so that nothing lies over the spots
    left, _, scale = box(page)
    assert scale > 1.1 * fitting
    assert abs(left + WIDTH * scale / 2 - middle[0]) > 20
    spots = spots_on_screen(page)
    assert len(spots) == 21
    for x, y in spots:
        page.mouse.click(x, y)
    press(page, "r", "Enter")
    saved(page)
    said = stored(site, "turned.jpg")
    assert said is not None
    assert np.abs(points(said) - np.array(SPOTS)).max() < 0.6
    (only,) = said["hands"]
    assert only["side"] == "right"
    assert {(p["visibility"], p["source"], p["confirmed"]) for p in only["points"]} == {
        (2, "person", True)
    }
    assert said["done"]
    shown(page, site.ids["z.jpg"])


def test_the_next_landmark_is_named_and_hidden_or_outside_by_one_key(
    site: Site, page: Page
) -> None:
    expect(page.locator("#next-name")).to_have_text("Wrist")
    click(page, 100, 100)
    expect(page.locator("#next-name")).to_have_text("Thumb CMC")
    expect(page.locator(".chip.upcoming")).to_have_attribute("aria-label", "Thumb CMC: not placed")
    press(page, "h")
    click(page, 110, 110)
    click(page, 120, 120)
    press(page, "Shift+H")  # the one placed last
    click(page, WIDTH + 10, 130)  # beside the photograph
    press(page, "o")
    click(page, 200, 140)
    saved(page)
    said = stored(site, "a.jpg")
    assert said is not None
    assert [p and p["visibility"] for p in said["hands"][0]["points"][:6]] == [2, 1, 1, 0, 0, None]
    assert points(said)[3] == pytest.approx([WIDTH + 10, 130], abs=0.5)


def test_a_proposed_point_is_put_right_alone(
    prelabelled: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(prelabelled)
    assert page.locator("#overlay .joint.guess").count() == 21
    drag(page, PLACES[8], (PLACES[8][0] + 21, PLACES[8][1] + 12))
    saved(page)
    assert actions(prelabelled, "a.jpg")[1:] == ["move Index TIP"]
    said = stored(prelabelled, "a.jpg")
    moved = points(said) - np.array(PLACES)
    assert moved[8] == pytest.approx([21, 12], abs=0.5)
    assert np.abs(np.delete(moved, 8, axis=0)).max() == 0
    assert said is not None
    confirmed = [p["confirmed"] for p in said["hands"][0]["points"]]
    assert [k for k, sure in enumerate(confirmed) if sure] == [8]
    assert said["hands"][0]["points"][8]["source"] == "person"
    assert said["hands"][0]["points"][7]["source"] == "tracker full 1"
    press(page, "Enter")
    shown(page, prelabelled.ids["b.jpg"])
    saved(page)
    said = stored(prelabelled, "a.jpg")
    assert said is not None
    assert said["done"]
    assert all(p["confirmed"] for p in said["hands"][0]["points"])
    assert said["hands"][0]["points"][7]["source"] == "tracker full 1"


def test_shift_moves_the_hand_alt_the_finger_and_a_click_nothing(
    prelabelled: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(prelabelled)
    x, y = PLACES[9]
    click(page, x, y)
    page.keyboard.down("Alt")
    drag(page, (x, y), (x + 10, y + 5))
    page.keyboard.up("Alt")
    saved(page)
    by_finger = points(stored(prelabelled, "a.jpg")) - np.array(PLACES)
    assert by_finger[9:13] == pytest.approx(np.tile([10, 5], (4, 1)), abs=0.5)
    assert np.abs(np.delete(by_finger, range(9, 13), axis=0)).max() == 0
    page.keyboard.down("Shift")
    drag(page, (x + 10, y + 5), (x, y + 20))
    page.keyboard.up("Shift")
    saved(page)
    whole = points(stored(prelabelled, "a.jpg")) - np.array(PLACES) - by_finger
    assert whole == pytest.approx(np.tile([-10, 15], (21, 1)), abs=0.5)
    said = stored(prelabelled, "a.jpg")
    assert said is not None
    assert not any(p["confirmed"] for p in said["hands"][0]["points"])
    assert actions(prelabelled, "a.jpg")[1:] == ["move middle of hand 1", "move hand 1"]


def test_a_drag_that_is_let_go_of_with_escape_changes_nothing(
    prelabelled: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(prelabelled)
    page.mouse.move(*on_screen(page, *PLACES[4]))
    page.mouse.down()
    page.mouse.move(*on_screen(page, 30, 30), steps=3)
    press(page, "Escape")
    page.mouse.up()
    saved(page)
    assert actions(prelabelled, "a.jpg") == ["ask the tracker"]


def test_undo_and_redo_outlast_a_reload(site: Site, page: Page) -> None:
    click(page, 100, 100)
    click(page, 150, 120)
    saved(page)
    before = stored(site, "a.jpg")
    page.reload()
    expect(page.locator("#overlay .joint:not([visibility])")).to_have_count(2)
    press(page, "Control+z")
    expect(page.locator("#overlay .joint:not([visibility])")).to_have_count(1)
    expect(page.locator("#next-name")).to_have_text("Thumb CMC")  # it is the next again
    page.reload()
    expect(page.locator("#overlay .joint:not([visibility])")).to_have_count(1)
    press(page, "Control+z")
    expect(page.locator("#overlay .joint:not([visibility])")).to_have_count(0)
    assert stored(site, "a.jpg") is None
    expect(page.locator("#undo")).to_be_disabled()
    page.locator("#redo").click()
    press(page, "Control+Shift+Z")
    expect(page.locator("#overlay .joint:not([visibility])")).to_have_count(2)
    saved(page)
    assert stored(site, "a.jpg") == before
