"""Figures as one HTML page that holds everything it needs: it opens from a disk, without network.

Every text that comes from a dataset goes through `escape`. The page's policy lets it load nothing
and run nothing but its own script, whatever a dataset says.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from html import escape
from string import Template
from typing import Final

from synth.report.figures import Figures, Group, Histogram, Picture, Sheet, Skeleton, Worst
from synth.report.plots import (
    bars_html,
    histogram_svg,
    parts_html,
    shade_texts,
    sphere_svg,
)
from synth.report.style import SCRIPT, STYLE
from synth.report.summary import counted, lead, summary

_PAGE: Final = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="$policy">
<title>$title</title>
<style>$style</style>
</head>
<body>
<div class="layout">
<nav aria-label="Contents">
<ol>$contents</ol>
<label><input type="checkbox" id="skeletons"> Skeletons (S)</label>
<button type="button" id="theme">Light / dark</button>
</nav>
<main>
$body
</main>
</div>
<script>$script</script>
</body>
</html>
""")

#: Chains of landmarks from the wrist to each tip.
_FINGERS: Final = tuple((0, *range(4 * finger + 1, 4 * finger + 5)) for finger in range(5))
#: Units along the longer side of a drawing over a picture, so that lines are as thick over all.
_OVER: Final = 168.0
#: With more groups than this, a sheet sets several side by side.
_MANY_GROUPS: Final = 14

Section = tuple[str, str]


def page(figures: Figures) -> str:
    """The page's HTML."""
    sections: list[Section] = [("Summary", summary(figures))]
    sections += [(sheet.title, _sheet(sheet)) for sheet in figures.sheets]
    if figures.angles:
        sections.append(("Joint angles", _angles(figures.angles)))
    if figures.gestures is not None:
        free = figures.hands - sum(figures.gestures.counts)
        text = f"<p>How many hands make which gesture. {counted(free)} make none.</p>"
        sections.append(("Gesture counts", text + bars_html(figures.gestures)))
    if figures.viewpoints is not None:
        sections.append(("Viewpoints", _viewpoints(figures)))
    if figures.histograms:
        plots = "".join(_plot(histogram) for histogram in figures.histograms)
        sections.append(
            (
                "Size, brightness, visibility",
                f'<div class="wide"><div class="plots">{plots}</div></div>',
            )
        )
    if figures.visibility is not None:
        sections.append(
            ("Visibility by landmark", _VISIBILITY_TEXT + parts_html(figures.visibility))
        )
    if figures.worst:
        sections.append(("Worst cases", "".join(_worst(worst) for worst in figures.worst)))
    body = [f"<h1>{escape(figures.dataset.name)}</h1>", lead(figures)]
    body += [
        f'<section id="{_anchor(title)}"><h2>{escape(title)}</h2>{content}</section>'
        for title, content in sections
    ]
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    return _PAGE.substitute(
        policy=f"default-src 'none'; img-src data:; style-src 'unsafe-inline';"
        f" script-src 'sha256-{digest}'",
        title=escape(f"{figures.dataset.name}: dataset report"),
        style=STYLE,
        contents=_contents([title for title, _ in sections]),
        body="\n".join(body),
        script=SCRIPT,
    )


_VISIBILITY_TEXT: Final = (
    "<p>Of all hands, how often each landmark is visible, hidden, or outside the image. The number"
    " is the share that is visible.</p>"
)


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z]+", "-", title.lower()).strip("-")


def _contents(titles: Sequence[str]) -> str:
    return "".join(f'<li><a href="#{_anchor(title)}">{escape(title)}</a></li>' for title in titles)


def _sheet(sheet: Sheet) -> str:
    groups = "".join(_group(group, sheet.unit) for group in sheet.groups)
    if len(sheet.groups) > _MANY_GROUPS:
        groups = f'<div class="groups">{groups}</div>'
    more = f'<p class="soft">And {sheet.left_out} more.</p>' if sheet.left_out else ""
    return f"<p>{escape(sheet.about)}</p>{groups}{more}"


def _group(group: Group, unit: str) -> str:
    name = escape(group.name.replace("_", " "))
    unit = unit.removesuffix("s") if group.count == 1 else unit
    head = f'<b>{name}</b> <span class="soft">{counted(group.count)} {escape(unit)}</span>'
    return f'<div><div class="group">{head}</div>{_pictures(group.pictures)}</div>'


def _worst(worst: Worst) -> str:
    return f"<h3>{escape(worst.title)}</h3><p>{escape(worst.about)}</p>" + _pictures(
        worst.pictures, strong=True
    )


def _pictures(pictures: Sequence[Picture], strong: bool = False) -> str:
    return f'<div class="pictures">{"".join(_picture(one, strong) for one in pictures)}</div>'


def _picture(picture: Picture, strong: bool) -> str:
    data = base64.b64encode(picture.jpeg).decode()
    caption = escape(picture.caption)
    words = [f"<b>{caption}</b>" if strong else caption] if caption else []
    scale = _OVER / max(picture.width, picture.height)
    skeletons = "".join(_skeleton(skeleton, scale) for skeleton in picture.skeletons)
    size = f"{scale * picture.width:.0f} {scale * picture.height:.0f}"
    over = f'<svg viewBox="0 0 {size}" aria-hidden="true">{skeletons}</svg>' if skeletons else ""
    return (
        f'<figure><span class="frame"><img loading="lazy" decoding="async"'
        f' width="{picture.width}" height="{picture.height}" alt="{escape(picture.key)}"'
        f' src="data:image/jpeg;base64,{data}">{over}</span>'
        f"<figcaption>{' '.join([*words, escape(picture.key)])}</figcaption></figure>"
    )


def _skeleton(skeleton: Skeleton, scale: float) -> str:
    """Bones of each finger, a dot at each visible landmark and a ring at each hidden one."""
    points = [point and (scale * point[0], scale * point[1]) for point in skeleton.points]
    parts = []
    for finger, chain in enumerate(_FINGERS):
        places = [points[landmark] for landmark in chain]
        line = " ".join(f"{place[0]:.1f},{place[1]:.1f}" for place in places if place is not None)
        shapes = [
            f'<polyline class="shadow" points="{line}"/><polyline class="bone" points="{line}"/>'
        ]
        for landmark in chain[1:] if finger else chain:
            place, state = points[landmark], skeleton.visibility[landmark]
            if place is not None and state:
                name, radius = ("seen", "2") if state == 2 else ("hidden", "2.4")
                shapes.append(
                    f'<circle class="{name}" cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="{radius}"/>'
                )
        parts.append(f'<g class="f{finger}">{"".join(shapes)}</g>')
    return "".join(parts)


def _angles(angles: Sequence[Histogram]) -> str:
    plots = "".join(_plot(histogram) for histogram in angles)
    return (
        "<p>Of every pose once, whatever number of cameras see it. Dashed lines are the joint's"
        " limits, the solid one is the mean. The limits of abduction are those of a straight"
        " finger: a bent one has less.</p>"
        f'<div class="plots">{plots}</div>'
    )


def _plot(histogram: Histogram) -> str:
    title = histogram.title.replace("_", " ").replace(".", ": ")
    mean = "" if histogram.mean is None else f"{histogram.mean:.2f}".rstrip("0").rstrip(".")
    said = f'<span class="soft"> mean {mean}{escape(histogram.unit)}</span>' if mean else ""
    return f'<div class="plot"><h4>{escape(title)}{said}</h4>{histogram_svg(histogram)}</div>'


def _viewpoints(figures: Figures) -> str:
    assert figures.viewpoints is not None
    key = "".join(
        f'<span><i class="shade{index}"></i>{text}</span>'
        for index, text in enumerate(shade_texts())
    )
    return (
        "<p>Where the camera stands as the palm sees it: straight before the palm is the middle of"
        " the left disc, behind the back of the hand that of the right one. All cells have the same"
        " area; shades are multiples of what each would hold if cameras stood evenly all round.</p>"
        f'<div class="map">{sphere_svg(figures.viewpoints)}</div><p class="key">{key}</p>'
    )
