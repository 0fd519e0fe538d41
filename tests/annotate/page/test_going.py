"""Going from photograph to photograph: at once, in a chosen order, whatever is in the folder."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

pytest.importorskip("playwright", reason="needs playwright: pip install playwright")
pytest.importorskip("uvicorn", reason="needs uvicorn: pip install uvicorn")

from playwright.sync_api import Page, Route, expect

from annotate.store.store import commit, set_unsure
from tests.annotate.page.pointing import press, saved, shown
from tests.annotate.page.site import Site, hand, label, picture

#: From the key until two frames later: the first one after which it may have been painted.
WATCH = """
() => {
  window.took = new Promise((done) => {
    addEventListener("keydown", (event) => {
      const before = document.querySelector("#photograph").dataset.shown;
      const look = () => {
        const frame = document.querySelector("#photograph");
        const image = frame.querySelector("img");
        if (frame.dataset.shown === before || !image?.complete || !image.naturalWidth) {
          return requestAnimationFrame(look);
        }
        return requestAnimationFrame(() => done(performance.now() - event.timeStamp));
      };
      look();
    }, { once: true, capture: true });
  });
}
"""
FETCHED = """
() => performance.getEntriesByType("resource")
  .filter((it) => /\\/image(\\?|$)/.test(it.name)).map((it) => Number(it.name.split("/")[4]))
"""


def test_the_next_photograph_is_there_at_once(
    make_site: Callable[..., Site], open_page: Callable[..., Page]
) -> None:
    large = picture(90, 3000, 2250)
    site = make_site({f"{k}.jpg": large for k in range(8)})
    page = open_page(site)
    times = []
    for k in range(1, 4):
        upcoming = site.ids[f"{k}.jpg"]
        deadline = time.monotonic() + 15
        while upcoming not in page.evaluate(FETCHED):
            assert time.monotonic() < deadline
            page.wait_for_timeout(20)
        page.wait_for_timeout(300)  # a person looks at it for a moment
        page.evaluate(WATCH)
        press(page, "d")
        times.append(page.evaluate("() => window.took"))
        shown(page, upcoming)
    assert sorted(times)[1] < 150, times
    page.wait_for_timeout(200)
    # Three ahead and the one before are asked for, and no further ones.
    assert set(page.evaluate(FETCHED)) == {site.ids[f"{k}.jpg"] for k in range(7)}


def test_20000_photographs_are_listed_quickly_and_few_of_them_drawn(
    site: Site, open_page: Callable[..., Page]
) -> None:
    ids = list(site.ids.values())
    many = [
        {"id": k, "path": f"{k:05}.jpg", "state": "new", "unsure": k / 20_000, "disagreement": None}
        for k in range(ids[0], ids[0] + 20_000)
    ]

    def fulfil(route: Route) -> None:
        route.fulfill(json={"photographs": many})

    page = open_page(site, wait=False)
    page.route("**/api/photographs", fulfil)
    page.reload()
    expect(page.locator("#position")).to_have_text("1 / 20,000")
    assert page.locator(".cell").count() < 60
    took = page.evaluate(
        """() => new Promise((done) => {
          const started = performance.now();
          document.querySelector("[data-order=unsure]").click();
          const strip = document.querySelector("#strip");
          strip.scrollLeft = 1e6;
          requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
        })"""
    )
    assert took < 500
    expect(page.locator("#position")).to_have_text("20,000 / 20,000")
    assert page.locator(".cell").count() < 60
    page.evaluate("() => { document.querySelector('#strip').scrollLeft = 0; }")
    expect(page.locator(".cell[aria-posinset='1']")).to_have_attribute("title", "20000.jpg")


def test_photographs_come_by_name_or_the_unsurest_first(
    site: Site, open_page: Callable[..., Page]
) -> None:
    for name, unsure in {"a.jpg": 0.1, "c.jpg": 0.9, "d.jpg": 0.4}.items():
        set_unsure(site.store, site.ids[name], unsure)
    page = open_page(site, at="c.jpg")
    page.locator("[data-order=unsure]").click()
    expect(page.locator("#position")).to_have_text("1 / 5")
    for name in ["d.jpg", "a.jpg", "b.jpg", "e.jpg"]:
        press(page, "d")
        shown(page, site.ids[name])
    press(page, "d")
    expect(page.locator("#message")).to_have_text("This is the last photograph.")
    page.locator("[data-order=name]").click()
    press(page, "Home")
    shown(page, site.ids["a.jpg"])
    press(page, "End", "a")
    shown(page, site.ids["d.jpg"])


def test_the_next_unlabelled_one_and_the_end_of_the_work(
    site: Site, open_page: Callable[..., Page]
) -> None:
    for name in ["b.jpg", "c.jpg"]:
        done = label(hand(confirmed=True), done=True)
        commit(site.store, site.ids[name], None, done, "confirm all", "Ann")
    page = open_page(site)
    press(page, "u")
    shown(page, site.ids["d.jpg"])
    press(page, "x", "u")
    shown(page, site.ids["e.jpg"])
    press(page, "x", "u")
    shown(page, site.ids["a.jpg"])
    press(page, "x", "u")
    expect(page.locator("#message")).to_have_text("Every photograph is labelled.")
    expect(page.locator("#progress-text")).to_have_text("all labelled")
    saved(page)


def test_a_file_that_cannot_be_shown_says_why_and_can_be_passed(
    make_site: Callable[..., Site], open_page: Callable[..., Page]
) -> None:
    site = make_site({"a.jpg": b"\xff\xd8 torn", "b.jpg": picture()})
    page = open_page(site, wait=False)
    expect(page.locator("#notice")).to_contain_text("This photograph cannot be shown")
    expect(page.locator("#notice")).to_contain_text("a.jpg")
    press(page, "n", "Space", "x")
    expect(page.locator("#message")).to_have_text("This photograph cannot be labelled.")
    press(page, "Enter")
    shown(page, site.ids["b.jpg"])


def test_an_empty_folder_says_what_to_do(
    make_site: Callable[..., Site], open_page: Callable[..., Page]
) -> None:
    page = open_page(make_site({}), wait=False)
    expect(page.locator("#notice")).to_contain_text("No photographs here")
    press(page, "d", "Enter", "x", "t", "c", "Control+z", "ArrowUp", "Space", "z", "u", "j")


def test_brightness_contrast_and_the_magnifier(page: Page, site: Site) -> None:
    frame = page.locator("#photograph")
    press(page, "]", "]", "}")
    expect(frame).to_have_css("filter", "brightness(1.2) contrast(1.1)")
    page.reload()
    expect(frame).to_have_css("filter", "brightness(1.2) contrast(1.1)")
    press(page, "/")
    expect(frame).to_have_css("filter", "none")
    page.mouse.move(400, 400)
    expect(page.locator("#magnifier")).to_be_visible()
    press(page, "g")
    expect(page.locator("#magnifier")).to_be_hidden()
