"""What changes behind the page: another folder at its address, other photographs, no store."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright", reason="needs playwright: pip install playwright")
pytest.importorskip("uvicorn", reason="needs uvicorn: pip install uvicorn")

from playwright.sync_api import Browser, Page, Route, expect

from annotate.server.security import Access
from annotate.store.look import look_at
from annotate.store.store import commit, history
from tests.annotate.page.pointing import click, press, saved, shown
from tests.annotate.page.site import Site, actions, hand, label, picture, served, stored


def test_a_page_does_not_write_into_another_folder(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    pictures = {f"{name}.jpg": picture() for name in "abcdefgh"}
    with served(tmp_path / "one", pictures) as one:
        page = open_page(one)
        click(page, 100, 100)
        saved(page)
        page.context.set_offline(True)
        click(page, 120, 100)
        port = urlsplit(one.url).port or 0
    with served(tmp_path / "two", pictures, port=port) as two:
        page.context.set_offline(False)
        said = "another folder, two, is served here now"
        expect(page.locator("#saved")).to_contain_text(said, timeout=60_000)
        click(page, 140, 100)
        expect(page.locator("#saved")).to_contain_text("2 edits")
        # Nor is the other folder's photograph shown as this one's.
        page.evaluate(f"location.hash = '{two.ids['h.jpg']}'")
        expect(page.locator("#notice")).to_contain_text("another folder")
        assert page.locator("#photograph img").count() == 0
        assert all(history(two.store, photo) == [] for photo in two.ids.values())
    with served(tmp_path / "one", {}, port=port) as one:
        page.locator("#saved").dispatch_event("click")
        # A connection to the old server that was left open is given up after 20 seconds.
        expect(page.locator("#saved")).to_have_text("Saved", timeout=60_000)
        assert actions(one, "a.jpg") == ["place Wrist", "place Thumb CMC", "place Thumb MCP"]
        page.close()  # else its connections keep the server


def replace(site: Site, name: str, content: bytes) -> None:
    """As an editor does; at a time of its own, however coarse the clock is."""
    (site.folder / "new").write_bytes(content)
    later = time.time_ns() + 5_000_000_000
    os.utime(site.folder / "new", ns=(later, later))
    os.replace(site.folder / "new", site.folder / name)


def test_an_edit_on_a_picture_that_was_replaced_is_not_made(site: Site, page: Page) -> None:
    click(page, 100, 100)
    saved(page)
    replace(site, "a.jpg", picture(200, 160, 120))
    click(page, 120, 100)
    expect(page.locator("#problem")).to_contain_text("look again")
    image = page.locator("#photograph img")
    expect(image).to_have_js_property("naturalWidth", 160)
    assert image.evaluate("it => it.style.width") == "160px"  # not stretched to the old size
    assert actions(site, "a.jpg") == ["place Wrist"]
    click(page, 60, 50)  # 320 pixels wide, says the helper; the new picture is as large on screen
    saved(page)
    assert actions(site, "a.jpg") == ["place Wrist", "place Thumb CMC"]
    said = stored(site, "a.jpg")
    assert said is not None
    assert said["hands"][0]["points"][1]["x"] == pytest.approx(30, abs=1)


def test_a_resized_photograph_is_looked_at_again(
    site: Site, open_page: Callable[..., Page]
) -> None:
    photo = site.ids["b.jpg"]
    look_at(site.store, photo)
    done = label(hand(confirmed=True, source="person"), done=True)
    commit(site.store, photo, None, done, "confirm all", "Ann")
    replace(site, "b.jpg", picture(200, 160, 120))
    page = open_page(site, "b.jpg")
    problem = page.locator("#problem")
    expect(problem).to_contain_text("b.jpg was 320 × 240 when it was labelled and is 160 × 120 now")
    expect(page.locator("#progress")).to_have_attribute("aria-label", "0 of 5 labelled")
    press(page, "Enter")
    shown(page, site.ids["c.jpg"])
    expect(problem).to_be_empty()
    saved(page)
    held = history(site.store, photo)[-1]
    assert (held.size, held.label) == ((160, 120), done)
    expect(page.locator("#progress")).to_have_attribute("aria-label", "1 of 5 labelled")


def test_a_resized_photograph_without_a_hand_is_confirmed_again(
    site: Site, open_page: Callable[..., Page]
) -> None:
    photo = site.ids["b.jpg"]
    look_at(site.store, photo)
    commit(site.store, photo, None, label(no_hand=True, done=True), "no hand", "Ann")
    replace(site, "b.jpg", picture(200, 160, 120))
    page = open_page(site, "b.jpg")
    press(page, "Enter")
    shown(page, site.ids["c.jpg"])
    saved(page)
    assert [held.size for held in history(site.store, photo)] == [(320, 240), (160, 120)]
    press(page, "a", "Enter")  # and only once
    shown(page, site.ids["c.jpg"])
    assert len(history(site.store, photo)) == 2


def test_edits_wait_while_the_store_is_gone(site: Site, page: Page) -> None:
    file, away = site.folder / "annotations.sqlite", site.folder / "away"
    os.rename(file, away)
    click(page, 100, 100)
    expect(page.locator("#saved")).to_contain_text("Not saved")
    expect(page.locator("#saved")).to_contain_text("was removed or replaced")
    os.rename(away, file)
    page.locator("#saved").dispatch_event("click")
    saved(page)
    assert actions(site, "a.jpg") == ["place Wrist"]


def test_edits_wait_while_the_photograph_is_missing(site: Site, page: Page) -> None:
    file, away = site.folder / "a.jpg", site.folder / "away"
    os.rename(file, away)
    click(page, 100, 100)
    expect(page.locator("#saved")).to_contain_text("Not saved (a.jpg: cannot be read")
    os.rename(away, file)
    page.locator("#saved").dispatch_event("click")
    saved(page)
    assert actions(site, "a.jpg") == ["place Wrist"]


def test_a_photograph_that_never_comes_back_holds_nothing_up(site: Site, page: Page) -> None:
    os.remove(site.folder / "a.jpg")
    click(page, 100, 100)
    press(page, "d")
    shown(page, site.ids["b.jpg"])
    click(page, 100, 100)
    for _ in range(20):
        if page.locator("#saved").inner_text() == "Saved":
            break
        page.locator("#saved").dispatch_event("click")  # in place of 40 seconds
        page.wait_for_timeout(100)
    saved(page)
    assert (actions(site, "a.jpg"), actions(site, "b.jpg")) == ([], ["place Wrist"])


def test_a_link_with_the_token_works_from_another_site(tmp_path: Path, browser: Browser) -> None:
    access = Access(frozenset({"127.0.0.1"}), token="secret" * 6)
    with (
        served(tmp_path / "photographs", {"a.jpg": picture()}, access=access) as site,
        browser.new_context() as context,
    ):
        page = context.new_page()

        def mail(route: Route) -> None:
            link = f'<a href="{site.url}?token={access.token}">photographs</a>'
            route.fulfill(body=link, content_type="text/html")

        page.route("http://mail.example/", mail)
        page.goto("http://mail.example/")
        page.get_by_role("link").click()
        expect(page.locator("#photograph img")).to_be_visible()


def test_a_problem_is_gone_with_its_cause(site: Site, page: Page) -> None:
    problem = page.locator("#problem")
    press(page, "Enter")
    expect(problem).to_contain_text("Nothing is labelled here")
    click(page, 100, 100)
    expect(problem).to_be_empty(timeout=2_000)
    press(page, "Enter")
    expect(problem).to_contain_text("has no side")
    press(page, "d")
    expect(problem).to_be_empty(timeout=2_000)


def test_a_point_beyond_the_edge_cannot_be_seen(site: Site, page: Page) -> None:
    press(page, "-", "-", "-")  # room around the photograph
    click(page, 330, 100)
    press(page, "Shift+V")
    expect(page.locator("#message")).to_contain_text("beyond the edge")
    saved(page)
    assert actions(site, "a.jpg") == ["place Wrist"]
    said = stored(site, "a.jpg")
    assert said is not None
    assert said["hands"][0]["points"][0]["visibility"] == 0


def test_copied_points_beyond_a_smaller_pictures_edge_are_outside(
    make_site: Callable[..., Site], open_page: Callable[..., Page]
) -> None:
    site = make_site({"a.jpg": picture(), "b.jpg": picture(90, 160, 240)})
    commit(site.store, site.ids["a.jpg"], None, label(hand(confirmed=True), done=True), "x", "Ann")
    page = open_page(site, "b.jpg")
    press(page, "c")
    expect(page.locator("#message")).to_contain_text("Copied from a.jpg")
    saved(page)
    said = stored(site, "b.jpg")
    assert said is not None
    placed = said["hands"][0]["points"]
    assert {point["visibility"] for point in placed if point["x"] >= 160} == {0}
    assert {point["visibility"] for point in placed if point["x"] < 160} == {2}
