"""Plots as inline SVG, drawn in the page's own colours so that they follow light and dark.

Everything that is shown by a shape is also in words: a title for who points at it, and a label for
who listens.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Final

from synth.report.figures import Bars, Histogram, Parts, Sphere
from synth.report.viewpoint import bin_edges

_WIDTH: Final = 320
_HEIGHT: Final = 120
_LEFT: Final = 8
_TOP: Final = 8
_FOOT: Final = 18
#: Steps of shading of the map, of which style has a colour each; 0 is for nothing at all.
SHADES: Final = 8


def histogram_svg(histogram: Histogram) -> str:
    """Bars from the bottom, dashed lines at the limits, a solid one at the mean."""
    counts, most = histogram.counts, max(1, *histogram.counts)
    inner = _WIDTH - 2 * _LEFT
    step = inner / len(counts)
    bottom = _HEIGHT - _FOOT
    tall = bottom - _TOP
    wide = (histogram.high - histogram.low) / len(counts)

    def place(value: float) -> float:
        share = (value - histogram.low) / (histogram.high - histogram.low)
        return _LEFT + inner * min(1.0, max(0.0, share))

    parts = []
    for index, count in enumerate(counts):
        low = histogram.low + index * wide
        height = tall * count / most
        if count:
            # One that is rare would else not be seen at all.
            height = max(height, 1.0)
        title = f"{_number(low)} to {_number(low + wide)}{histogram.unit}: {count}"
        parts.append(
            f'<rect class="bar" x="{_LEFT + index * step + 0.5:.1f}" y="{bottom - height:.1f}"'
            f' width="{step - 1:.1f}" height="{height:.1f}"><title>{escape(title)}</title></rect>'
        )
    parts.append(
        f'<path class="axis" d="M{_LEFT} {bottom + 0.5}H{_WIDTH - _LEFT}"/>'
        + "".join(
            f'<text x="{place(value):.1f}" y="{_HEIGHT - 4}" text-anchor="{anchor}">'
            f"{_number(value)}{escape(histogram.unit)}</text>"
            for value, anchor in _ticks(histogram)
        )
    )
    for value in histogram.limits or ():
        parts.append(f'<path class="limit" d="M{place(value):.1f} {_TOP - 4}V{bottom}"/>')
    if histogram.mean is not None:
        x = place(histogram.mean)
        mean = f"mean {_number(histogram.mean)}{histogram.unit}"
        line = f'<path class="mean" d="M{x:.1f} {_TOP - 4}V{bottom}">'
        parts.append(f"{line}<title>{escape(mean)}</title></path>")
    said = f"{histogram.title}: {sum(counts)} values"
    if histogram.mean is not None:
        said += f", mean {_number(histogram.mean)}{histogram.unit}"
    return _svg(_WIDTH, _HEIGHT, said, parts)


def _ticks(histogram: Histogram) -> list[tuple[float, str]]:
    if histogram.limits is not None:
        low, high = histogram.limits
        between = [(0.0, "middle")] if low < 0 < high and -low > 0.2 * (high - low) else []
        return [(low, "middle"), *between, (high, "middle")]
    middle = (histogram.low + histogram.high) / 2
    return [(histogram.low, "start"), (middle, "middle"), (histogram.high, "end")]


def bars_html(bars: Bars) -> str:
    """A list with a bar behind each number; a list is found by search and read aloud."""
    most = max(1, *bars.counts)
    rows = "".join(
        f'<li><span class="name">{escape(_spaced(name))}</span>'
        f'<span class="track"><span style="width:{100 * count / most:.1f}%"></span></span>'
        f'<span class="count">{count}</span></li>'
        for name, count in zip(bars.names, bars.counts, strict=True)
    )
    return f'<ol class="bars">{rows}</ol>'


def parts_html(parts: Parts) -> str:
    """A list with a divided bar in each row, and what its parts are."""
    key = "".join(
        f'<span><i class="part{index}"></i>{escape(name)}</span>'
        for index, name in enumerate(parts.parts)
    )
    rows = "".join(
        f'<li><span class="name">{escape(name)}</span><span class="track">'
        + "".join(
            f'<span class="part{index}" style="width:{100 * share:.1f}%"'
            f' title="{escape(part)}: {100 * share:.0f} %"></span>'
            for index, (part, share) in enumerate(zip(parts.parts, shares, strict=True))
        )
        + f'</span><span class="count">{100 * shares[0]:.0f} %</span></li>'
        for name, shares in zip(parts.names, parts.shares, strict=True)
    )
    return f'<p class="key">{key}</p><ol class="bars parts">{rows}</ol>'


def sphere_svg(sphere: Sphere) -> str:
    """Two discs: cameras that look at the palm, and at the back of the hand.

    The back is drawn as its camera sees it, too: the thumb's side is on the left there.
    """
    total = max(1, sum(sphere.palm) + sum(sphere.back))
    expected = total / (len(sphere.palm) + len(sphere.back))
    halves = (
        ("palm", sphere.palm, 120, 1),
        ("back of the hand", sphere.back, 360, -1),
    )
    parts = []
    for name, counts, middle, mirror in halves:
        share = 100 * sum(counts) / total
        parts.append(f'<text class="head" x="{middle}" y="14">{name} {share:.0f} %</text>')
        for index, count in enumerate(counts):
            title = f"{count} views, {count / expected:.1f} × an even share"
            parts.append(
                f'<path class="shade{_shade(count / expected)}" d="'
                f'{_cell(index, middle, 125, 95, mirror)}"><title>{title}</title></path>'
            )
        thumb, little = middle + mirror * 104, middle - mirror * 104
        parts.append(f'<text class="head" x="{middle}" y="240">wrist</text>')
        parts.append(f'<text class="head" x="{middle}" y="28">fingertips</text>')
        for x, text in ((thumb, "thumb"), (little, "little finger")):
            parts.append(
                f'<text class="head" transform="translate({x} 125) rotate(-90)">{text}</text>'
            )
    return _svg(480, 246, "Directions to the camera, seen from the palm", parts)


def _shade(ratio: float) -> int:
    """0 for nothing, then in steps of a factor of 2 around an even share."""
    if ratio <= 0:
        return 0
    return min(SHADES, max(1, round(math.log2(ratio)) + SHADES // 2))


def shade_texts() -> list[str]:
    """What each shade stands for, from nothing on."""
    middle = SHADES // 2
    factors = [2.0 ** (index - middle) for index in range(1, SHADES + 1)]
    return [
        "none",
        *(f"{factor:g} ×" if factor >= 1 else f"1/{1 / factor:g}" for factor in factors),
    ]


def _cell(index: int, x: float, y: float, radius: float, mirror: int) -> str:
    inner, outer, first, last = bin_edges(index)

    def corner(r: float, angle: float) -> str:
        right, up = radius * r * math.cos(angle), radius * r * math.sin(angle)
        return f"{x + mirror * right:.1f} {y - up:.1f}"

    # SVG's y points down, so growing angles run against the clock, unless mirrored.
    forth, back = (0, 1) if mirror > 0 else (1, 0)
    far = radius * outer
    text = f"M{corner(outer, first)}A{far:.1f} {far:.1f} 0 0 {forth} {corner(outer, last)}"
    if inner > 0:
        near = radius * inner
        return (
            f"{text}L{corner(inner, last)}A{near:.1f} {near:.1f} 0 0 {back} {corner(inner, first)}Z"
        )
    return f"{text}L{x:.1f} {y:.1f}Z"


def _svg(width: int, height: int, said: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(said)}">'
        + "".join(parts)
        + "</svg>"
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 10 or value == round(value) else f"{value:.2g}"


def _spaced(name: str) -> str:
    return name.replace("_", " ")
