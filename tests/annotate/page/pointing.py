"""Pointing at a photograph's pixels in the browser, by where the browser says the image is."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.annotate.page.site import HEIGHT, WIDTH


def box(page: Page) -> tuple[float, float, float]:
    """Left, top and scale of the photograph on the screen."""
    found = page.locator("#photograph img").bounding_box()
    assert found is not None
    assert abs(found["width"] / WIDTH - found["height"] / HEIGHT) < 1e-3
    return found["x"], found["y"], found["width"] / WIDTH


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    left, top, scale = box(page)
    return left + x * scale, top + y * scale


def click(page: Page, x: float, y: float) -> None:
    page.mouse.click(*on_screen(page, x, y))


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*on_screen(page, *start))
    page.mouse.down()
    page.mouse.move(*on_screen(page, *end), steps=4)
    page.mouse.up()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def saved(page: Page) -> None:
    """Wait until every edit made so far is saved; what waits is shown with the next frame."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    expect(page.locator("#saved")).to_have_text("Saved")


def shown(page: Page, photo_id: int) -> None:
    expect(page.locator("#photograph")).to_have_attribute("data-shown", str(photo_id))
