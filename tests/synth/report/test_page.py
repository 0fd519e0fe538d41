"""The page: one file, well formed, that nothing from a dataset can break; and in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from synth.console import new_app
from synth.report.collect import collect
from synth.report.command import report
from synth.report.figures import Figures
from synth.report.page import page
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.synth.validation.made import write_made

if TYPE_CHECKING:
    from playwright.sync_api import Page

APP = new_app("hand-synth", "A test.")
APP.command()(report)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_made(tmp_path_factory.mktemp("made") / "dataset")


@pytest.fixture(scope="module")
def figures(folder: Path) -> Figures:
    return collect(folder, 60)


class Balance(HTMLParser):
    """Notes tags that are not closed in their order, and what the page would fetch."""

    alone = frozenset({"meta", "img", "input", "br", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.fetched += [
            value or ""
            for name, value in attrs
            if name in ("src", "srcset", "data", "action") and not (value or "").startswith("data:")
        ]
        if (target := values.get("href")) is not None:
            self.targets.append(target)
        if tag not in self.alone:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def parsed(text: str) -> Balance:
    balance = Balance()
    balance.feed(text)
    balance.close()
    return balance


def test_the_page_is_well_formed_and_fetches_nothing(figures: Figures) -> None:
    text = page(figures)
    found = parsed(text)
    assert (found.open, found.wrong, found.fetched) == ([], [], [])
    assert len(set(found.ids)) == len(found.ids)
    assert {target.removeprefix("#") for target in found.targets} <= set(found.ids)
    assert "http" not in text.replace('http-equiv="Content-Security-Policy"', "")


def test_what_a_dataset_says_is_text(figures: Figures) -> None:
    evil = '</style><script>alert(1)</script><img src=x onerror="alert(2)">'
    manifest = {**figures.dataset.manifest, "name": evil}
    dataset = replace(figures.dataset, name=evil, manifest=manifest, versions={evil: evil})
    sheet = figures.sheets[0]
    group = sheet.groups[0]
    picture = replace(group.pictures[0], key=evil, caption=evil)
    groups = (replace(group, name=evil, pictures=(picture,)),)
    assert figures.gestures is not None
    changed = replace(
        figures,
        dataset=dataset,
        sheets=(replace(sheet, groups=groups),),
        gestures=replace(figures.gestures, names=(evil,) * len(figures.gestures.names)),
        notes=(evil,),
    )
    text = page(changed)
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert parsed(text).wrong == []


def test_figures_without_anything_make_a_page(figures: Figures) -> None:
    text = page(Figures(figures.dataset, 0, 0, 0))
    assert parsed(text).wrong == []
    assert "Summary" in text


def test_the_command(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "new" / "report.html"
    result = CliRunner().invoke(APP, ["report", str(folder), "-o", str(output), "--images", "30"])
    assert result.exit_code == 0
    assert output.read_text().startswith("<!doctype html>")
    assert CliRunner().invoke(APP, ["report", str(folder), "-o", "a.pdf"]).exit_code == 2
    lost = ["report", str(tmp_path / "none"), "-o", str(output)]
    assert CliRunner().invoke(APP, lost).exit_code == 2


@pytest.fixture
def opened(figures: Figures, tmp_path: Path) -> Iterator[Page]:
    pytest.importorskip("playwright", reason="needs playwright: pip install playwright")
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    path = tmp_path / "report.html"
    path.write_text(page(figures), encoding="utf-8")
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        tab = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme="light")
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("console", lambda message: problems.append(message.text))
        tab.on("request", lambda request: problems.append(request.url[:80]))
        tab.goto(path.as_uri())
        yield tab
        browser.close()
    problems = [problem for problem in problems if not problem.startswith(("file:", "data:"))]
    assert problems == []


def test_in_a_browser(opened: Page) -> None:
    from playwright.sync_api import expect

    # Nothing is wider than a telephone.
    assert opened.evaluate("document.documentElement.scrollWidth") == 390
    decoded = opened.evaluate(
        """() => Promise.all([...document.images].map((image) => {
            image.loading = "eager"; return image.decode().then(() => image.naturalWidth); }))"""
    )
    assert len(decoded) > 20
    assert min(decoded) > 20
    over = opened.locator("#skins figure svg").first
    assert not over.is_visible()
    opened.get_by_label("Skeletons").check()
    assert over.is_visible()
    # The drawing covers the picture that it is of.
    assert over.bounding_box() == opened.locator("#skins figure img").first.bounding_box()
    opened.keyboard.press("s")
    assert not over.is_visible()
    ground = "getComputedStyle(document.body).backgroundColor"
    light = opened.evaluate(ground)
    opened.get_by_role("button", name="Light / dark").click()
    assert opened.evaluate(ground) != light
    opened.emulate_media(color_scheme="dark")
    dark = opened.evaluate(ground)
    opened.get_by_role("button", name="Light / dark").click()
    assert opened.evaluate(ground) == light != dark
    opened.get_by_role("link", name="Viewpoints").click()
    expect(opened.locator("#viewpoints h2")).to_be_in_viewport()
