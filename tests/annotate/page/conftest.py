"""The real server over small photographs, and a real browser that opens its page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.chromium import ARGUMENTS, CHROMIUM

if TYPE_CHECKING:
    # Without these packages the modules here are skipped, which a conftest cannot ask for.
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.annotate.page.site import Site

#: What the tests provoke on purpose: answers that are errors, and a network that is off.
EXPECTED = ("Failed to load resource",)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with the module: while it runs, no other test could start an event loop."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """A served folder; pictures by name, by default a.jpg … e.jpg."""
    from tests.annotate.page.site import picture, served

    with ExitStack() as stack:

        def make(pictures: Mapping[str, bytes] | None = None, **options: Any) -> Site:
            default = {f"{name}.jpg": picture(40 + 30 * k) for k, name in enumerate("abcde")}
            chosen = default if pictures is None else pictures
            return stack.enter_context(served(tmp_path / "photographs", chosen, **options))

        yield make


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site()


@pytest.fixture(scope="module")
def shared_context(browser: Browser) -> Iterator[BrowserContext]:
    """What a page remembers belongs to its port, so that tests do not see each other's."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture
def open_page(browser: Browser, shared_context: BrowserContext) -> Iterator[Callable[..., Page]]:
    """Open a site's page; a script error or a violated policy fails the test."""
    from playwright.sync_api import expect

    problems: list[str] = []
    with ExitStack() as stack:

        def open_it(site: Site, at: str | None = None, wait: bool = True, **options: Any) -> Page:
            context = shared_context
            if options:
                context = stack.enter_context(browser.new_context(**options))
            page = stack.enter_context(context.new_page())
            page.set_default_timeout(15_000)
            page.on("pageerror", lambda error: problems.append(f"{error}\n{error.stack}"))
            page.on("console", lambda message: note(message.type, message.text))
            page.goto(site.url + (f"#{site.ids[at]}" if at else ""))
            if wait:
                expect(page.locator("#photograph img")).to_be_visible()
            return page

        def note(kind: str, text: str) -> None:
            if kind == "error" and not text.startswith(EXPECTED):
                problems.append(text)

        yield open_it
        shared_context.set_offline(False)
    assert problems == []


@pytest.fixture
def page(site: Site, open_page: Callable[..., Page]) -> Page:
    return open_page(site)


@pytest.fixture
def prelabelled(site: Site) -> Site:
    """The tracker has proposed a hand in a.jpg."""
    from annotate.store.store import commit
    from tests.annotate.page.site import hand, label

    commit(site.store, site.ids["a.jpg"], None, label(hand()), "ask the tracker", "tracker")
    return site
