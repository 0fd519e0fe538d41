"""Sides, several hands or none, and help: copies, the tracker, interpolation; exports."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright", reason="needs playwright: pip install playwright")
pytest.importorskip("uvicorn", reason="needs uvicorn: pip install uvicorn")

import numpy as np
from playwright.sync_api import Page, expect

from annotate.prelabel import Prelabel
from annotate.store.store import commit
from tests.annotate.page.pointing import click, drag, press, saved, shown
from tests.annotate.page.site import (
    PLACES,
    Site,
    actions,
    hand,
    label,
    picture,
    points,
    stored,
)


def test_sides_are_the_persons_in_a_mirror_image_too(
    site: Site, open_page: Callable[..., Page]
) -> None:
    hands = label(hand(1, "left"), hand(2, "right", shift=60))
    commit(site.store, site.ids["a.jpg"], None, hands, "ask the tracker", "tracker")
    page = open_page(site)

    def sides() -> tuple[list[str], bool]:
        saved(page)
        said = stored(site, "a.jpg")
        assert said is not None
        return [one["side"] for one in said["hands"]], said["mirrored"]

    press(page, "f")
    assert sides() == (["right", "right"], False)
    page.get_by_role("group", name="Side of hand 2").get_by_role("button", name="Left").click()
    assert sides() == (["right", "left"], False)
    page.locator("#mirror").click()
    assert sides() == (["left", "right"], True)
    expect(page.locator("#mirror")).to_have_attribute("aria-pressed", "true")
    press(page, "m")
    assert sides() == (["right", "left"], False)
    press(page, "m", "l")
    assert sides() == (["left", "right"], True)


def test_two_hands_keep_apart_and_one_can_be_removed(site: Site, page: Page) -> None:
    for x, y in PLACES:
        click(page, x - 40, y)
    press(page, "r", "n")
    expect(page.locator("#next-name")).to_have_text("Wrist")
    for x, y in PLACES:
        click(page, x + 70, y)
    press(page, "l")
    saved(page)
    said = stored(site, "a.jpg")
    assert said is not None
    assert [(one["id"], one["side"]) for one in said["hands"]] == [(1, "right"), (2, "left")]
    shift = points(said, 1) - points(said, 0)
    assert shift == pytest.approx(np.tile([110, 0], (21, 1)), abs=0.7)
    press(page, "s", "Shift+Delete")
    saved(page)
    said = stored(site, "a.jpg")
    assert said is not None
    assert [one["id"] for one in said["hands"]] == [2]


def test_hands_of_the_previous_photograph_are_copied_as_guesses(
    site: Site, open_page: Callable[..., Page]
) -> None:
    sure = label(hand(3, source="person", confirmed=True), done=True)
    commit(site.store, site.ids["b.jpg"], None, sure, "confirm all", "Ann")
    page = open_page(site, at="c.jpg")
    press(page, "c")
    expect(page.locator("#overlay .joint.guess")).to_have_count(21)
    saved(page)
    said = stored(site, "c.jpg")
    assert said is not None
    assert points(said) == pytest.approx(np.array(PLACES))
    assert said["hands"][0]["id"] == 3  # the same hand along the sequence
    assert said["hands"][0]["side"] == "right"
    assert not said["done"]
    assert not any(p["confirmed"] for p in said["hands"][0]["points"])


def test_no_hand_here(site: Site, page: Page) -> None:
    click(page, 100, 100)
    press(page, "x")
    saved(page)
    said = stored(site, "a.jpg")
    assert said is not None
    assert (said["no_hand"], said["hands"]) == (True, [])
    click(page, 120, 100)  # not by accident
    saved(page)
    assert actions(site, "a.jpg") == ["place Wrist", "no hand"]
    press(page, "Enter")
    shown(page, site.ids["b.jpg"])
    expect(page.locator(f"#photograph-{site.ids['a.jpg']} .dot")).to_have_class("dot no-hand")
    expect(page.locator("#progress-text")).to_have_text("1 labelled")


def test_enter_asks_once_about_what_may_be_forgotten(site: Site, page: Page) -> None:
    press(page, "Enter")
    expect(page.locator("#problem")).to_contain_text("Nothing is labelled here")
    click(page, 100, 100)
    press(page, "r", "Enter")
    expect(page.locator("#problem")).to_contain_text("lacks 20 of 21")
    shown(page, site.ids["a.jpg"])
    press(page, "Enter")
    shown(page, site.ids["b.jpg"])
    saved(page)
    said = stored(site, "a.jpg")
    assert said is not None
    assert said["done"]


def test_the_tracker_is_asked_and_a_person_corrects(
    make_site: Callable[..., Site], open_page: Callable[..., Page]
) -> None:
    def tracker(_image: Any, mirrored: bool) -> Prelabel:
        return Prelabel((hand(1, "left" if mirrored else "right"),), 0.25)

    site = make_site(load_tracker=lambda: (tracker, "tracker full 1"))
    page = open_page(site)
    press(page, "t")
    expect(page.locator("#overlay .joint.guess")).to_have_count(21)
    expect(page.locator("#message")).to_have_text("The tracker found 1 hand.")
    click(page, *PLACES[6])
    press(page, "h", "Delete")
    saved(page)
    assert actions(site, "a.jpg") == ["ask the tracker", "Index PIP hidden", "take Index PIP away"]
    expect(page.locator("#next-name")).to_have_text("Index PIP")


def test_a_frame_between_two_confirmed_ones_is_interpolated(
    make_site: Callable[..., Site], open_page: Callable[..., Page]
) -> None:
    frames = [f"frame_{k}.jpg" for k in range(3)]
    site = make_site({name: picture() for name in frames})
    page = open_page(site, at=frames[1])
    press(page, "i")
    expect(page.locator("#problem")).to_contain_text("no two confirmed photographs")
    for name, shift in [(frames[0], 0), (frames[2], 30)]:
        sure = label(hand(source="person", confirmed=True, shift=shift), done=True)
        commit(site.store, site.ids[name], None, sure, "confirm all", "Ann")
    press(page, "i")
    expect(page.locator("#overlay .joint.guess")).to_have_count(21)
    saved(page)
    moved = points(stored(site, frames[1])) - np.array(PLACES)
    assert np.median(moved[:, 0]) == pytest.approx(15, abs=3)


def test_an_export_holds_what_was_labelled(
    prelabelled: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(prelabelled)
    drag(page, PLACES[8], (PLACES[8][0] + 40, PLACES[8][1]))
    press(page, "Enter")
    texts = {}
    for name in ["coco", "cvat", "label-studio"]:
        press(page, "e")
        with page.expect_download() as found:
            page.locator(f"[data-export={name}]").click()
        texts[name] = found.value.path().read_text("utf-8")
    assert all("a.jpg" in text for text in texts.values())
    (only,) = json.loads(texts["coco"])["annotations"]
    said = stored(prelabelled, "a.jpg")
    # COCO may count from the middle of the first pixel; the hand is the same, as just moved.
    shift = np.array(only["keypoints"]).reshape(21, 3)[:, :2] - points(said)
    assert np.abs(shift).max() < 1
