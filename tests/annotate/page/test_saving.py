"""No edit is lost: without a network, with answers that never arrive, beside another tab."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("playwright", reason="needs playwright: pip install playwright")
pytest.importorskip("uvicorn", reason="needs uvicorn: pip install uvicorn")

from playwright.sync_api import Page, Route, expect

from annotate.store.store import commit, read_label
from tests.annotate.page.pointing import click, press, saved
from tests.annotate.page.site import Site, actions, hand, label, stored

JOINTS = "#overlay .joint:not([visibility])"


def test_edits_made_offline_are_kept_in_order_and_saved_later(site: Site, page: Page) -> None:
    click(page, 100, 100)
    saved(page)
    page.context.set_offline(True)
    click(page, 120, 100)
    press(page, "l")
    click(page, 140, 100)
    expect(page.locator("#saved")).to_contain_text("Offline: 3 edits not saved")
    expect(page.locator(JOINTS)).to_have_count(3)  # shown all the same
    assert actions(site, "a.jpg") == ["place Wrist"]
    dialogs = []

    def stay(dialog: Any) -> None:
        dialogs.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.close(run_before_unload=True)
    page.context.set_offline(False)  # the browser says so, and nothing waits for its next try
    saved(page)
    assert dialogs == ["beforeunload"]
    assert actions(site, "a.jpg") == [
        "place Wrist",
        "place Thumb CMC",
        "hand 1 is a left hand",
        "place Thumb MCP",
    ]
    said = stored(site, "a.jpg")
    assert said is not None
    assert said["hands"][0]["side"] == "left"
    assert sum(point is not None for point in said["hands"][0]["points"]) == 3


def test_an_edit_whose_answer_was_lost_is_not_made_twice(site: Site, page: Page) -> None:
    lost = []

    def lose(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)  # the server has it, the page does not know
        return route.abort()

    page.route("**/label", lose)
    click(page, 100, 100)
    click(page, 120, 100)
    saved(page)
    assert lost == [200]
    assert actions(site, "a.jpg") == ["place Wrist", "place Thumb CMC"]
    assert page.locator("#problem").inner_text() == ""


def test_a_store_that_cannot_be_written_is_tried_again(site: Site, page: Page) -> None:
    answers = [{"status": 503, "json": {"detail": "the disk is full"}}]

    def refuse(route: Route) -> None:
        if answers:
            route.fulfill(**answers[0])
        else:
            route.continue_()

    page.route("**/label", refuse)
    click(page, 100, 100)
    expect(page.locator("#saved")).to_contain_text("Not saved (the disk is full)")
    answers.clear()
    page.locator("#saved").click()
    saved(page)
    assert actions(site, "a.jpg") == ["place Wrist"]


def test_what_somebody_else_did_meanwhile_wins_and_is_said(site: Site, page: Page) -> None:
    click(page, 100, 100)
    saved(page)
    photo = site.ids["a.jpg"]
    found = read_label(site.store, photo)
    assert found is not None
    commit(site.store, photo, found.id, label(hand(7)), "elsewhere", "Ben")
    click(page, 120, 100)
    expect(page.locator("#problem")).to_contain_text("changed elsewhere")
    expect(page.locator("#problem")).to_contain_text("Not kept: place Thumb CMC")
    expect(page.locator(JOINTS)).to_have_count(21)
    assert actions(site, "a.jpg") == ["place Wrist", "elsewhere"]
    press(page, "l")  # work goes on from there
    saved(page)
    assert actions(site, "a.jpg")[-1] == "hand 7 is a left hand"


def test_an_undo_asked_for_while_edits_wait_comes_after_them(site: Site, page: Page) -> None:
    page.context.set_offline(True)
    click(page, 100, 100)
    click(page, 120, 100)
    press(page, "Control+z")
    expect(page.locator("#saved")).to_contain_text("3 edits not saved")
    page.context.set_offline(False)  # the browser says so, and nothing waits for its next try
    saved(page)
    expect(page.locator(JOINTS)).to_have_count(1)
    assert actions(site, "a.jpg") == ["place Wrist", "place Thumb CMC"]
