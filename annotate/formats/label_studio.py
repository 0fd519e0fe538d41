"""Label Studio: a JSON list of tasks, one a photograph.

A hand is a rectangle labelled `hand` that its points (`keypointlabels`, in percent of the
photograph) name as their parent. Choices on a hand say its side, choices on a point whether it is
hidden or outside, choices on the photograph whether it is done, has no hand or is mirrored. The
text on a point is its source. Hands with points that nobody has confirmed are `predictions`, all
others are in the annotation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from annotate.formats.document import Document, LabelledPhotograph
from annotate.labels import HIDDEN, OUTSIDE, Hand, Label, Point
from synth.landmarks import LANDMARKS

LOSSES: Final = (
    "Label Studio: places are percentages, so a point may come back a millionth of a pixel off."
    " All else comes back when hand-annotate reads the file again. Label Studio keeps sources as"
    " the text on a point, shows hands with unconfirmed points as predictions, and may move points"
    " outside of the photograph to its edge when somebody edits them."
)

#: Choices of the photograph, by the states of a label.
STATES: Final = {"done": "done", "no_hand": "no hand", "mirrored": "mirrored"}
#: Choices of a point; one without a choice is visible.
VISIBILITIES: Final = {HIDDEN: "hidden", OUTSIDE: "outside"}
#: Second line of the text on a confirmed point of a hand with others that are not.
CONFIRMED: Final = "confirmed"

_POINT_COLORS: Final = ("#888888", "#ff5555", "#ffaa00", "#33aa33", "#5588ff", "#cc66dd")
_POINT_WIDTH: Final = 0.5  # percent of the photograph's width, as it is drawn

#: What to paste as a project's labelling interface ("Code") before the tasks are imported. Label
#: Studio's own export to COCO asks for `model_index`.
LABELING_CONFIG: Final = "\n".join(
    [
        "<View>",
        '  <Image name="image" value="$image" zoom="true"/>',
        '  <RectangleLabels name="hand" toName="image">',
        '    <Label value="hand" background="#33ddff"/>',
        "  </RectangleLabels>",
        '  <KeyPointLabels name="points" toName="image" strokeWidth="3">',
        *(
            f'    <Label value="{name}" model_index="{number}"'
            f' background="{_POINT_COLORS[(number + 3) // 4]}"/>'
            for number, name in enumerate(LANDMARKS)
        ),
        "  </KeyPointLabels>",
        '  <Choices name="side" toName="image" perRegion="true" whenTagName="hand"'
        ' visibleWhen="region-selected" choice="single">',
        '    <Choice value="left"/>',
        '    <Choice value="right"/>',
        "  </Choices>",
        '  <Choices name="visibility" toName="image" perRegion="true" whenTagName="points"'
        ' visibleWhen="region-selected" choice="single">',
        *(f'    <Choice value="{word}"/>' for word in VISIBILITIES.values()),
        "  </Choices>",
        '  <Choices name="photograph" toName="image" choice="multiple">',
        *(f'    <Choice value="{word}"/>' for word in STATES.values()),
        "  </Choices>",
        "</View>",
        "",
    ]
)


def write_label_studio(document: Document, prefix: str = "") -> bytes:
    """Tasks to import, ASCII JSON; the same bytes for the same document.

    Args:
        prefix: what `data.image` begins with, before the path with % escapes: an address that ends
            in /, or "/data/local-files/?d=FOLDER/" where Label Studio serves files from a folder.
    """
    # One by one: all at once are a hundred objects a hand.
    tasks = (
        json.dumps(_task(photograph, prefix), separators=(",", ":"), allow_nan=False)
        for photograph in document.photographs
    )
    return f"[{','.join(tasks)}]\n".encode("ascii")


def _task(photograph: LabelledPhotograph, prefix: str) -> dict[str, Any]:
    label = photograph.label
    agreed: list[dict[str, Any]] = list(_states(label, photograph))
    guessed: list[dict[str, Any]] = []
    for place, hand in enumerate(label.hands):
        sure = all(point is None or point.confirmed for point in hand.points)
        (agreed if sure else guessed).extend(_results(place, hand, photograph, sure))
    return {
        "data": {
            "image": prefix + quote(photograph.path),
            "path": photograph.path,
            "width": photograph.width,
            "height": photograph.height,
        },
        "annotations": [{"result": agreed}] if agreed else [],
        "predictions": [{"model_version": "hand-annotate", "result": guessed}] if guessed else [],
    }


def _states(label: Label, photograph: LabelledPhotograph) -> Iterator[dict[str, Any]]:
    words = [word for key, word in STATES.items() if getattr(label, key)]
    if words:
        yield _item("photograph", "photograph", "choices", photograph, {"choices": words})


def _results(
    place: int, hand: Hand, photograph: LabelledPhotograph, sure: bool
) -> Iterator[dict[str, Any]]:
    # The id says which hand it is and where it stands among the others.
    region = f"hand-{place}-{hand.id}"
    box = _box(hand, photograph)
    yield _item(region, "hand", "rectanglelabels", photograph, {**box, "rectanglelabels": ["hand"]})
    if hand.side is not None:
        yield _item(region, "side", "choices", photograph, {**box, "choices": [hand.side]})
    for name, point in zip(LANDMARKS, hand.points, strict=True):
        if point is None:
            continue
        value = {
            "x": 100 * point.x / photograph.width,
            "y": 100 * point.y / photograph.height,
            "width": _POINT_WIDTH,
        }
        id_ = f"{region}-{name}"
        text = [point.source] if sure or not point.confirmed else [point.source, CONFIRMED]
        yield {
            **_item(
                id_, "points", "keypointlabels", photograph, {**value, "keypointlabels": [name]}
            ),
            "parentID": region,
            "meta": {"text": text},
        }
        if point.visibility in VISIBILITIES:
            choice = {**value, "choices": [VISIBILITIES[point.visibility]]}
            yield _item(id_, "visibility", "choices", photograph, choice)


def _item(
    id_: str, tag: str, kind: str, photograph: LabelledPhotograph, value: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": id_,
        "from_name": tag,
        "to_name": "image",
        "type": kind,
        "original_width": photograph.width,
        "original_height": photograph.height,
        "image_rotation": 0,
        "value": value,
    }


def _box(hand: Hand, photograph: LabelledPhotograph) -> dict[str, float]:
    """Rectangle around the points, cut to the photograph, in percent; all of it without points."""
    points: list[Point] = [point for point in hand.points if point is not None]
    xs = [min(max(100 * p.x / photograph.width, 0.0), 100.0) for p in points] or [0.0, 100.0]
    ys = [min(max(100 * p.y / photograph.height, 0.0), 100.0) for p in points] or [0.0, 100.0]
    return {
        "x": min(xs),
        "y": min(ys),
        "width": max(xs) - min(xs),
        "height": max(ys) - min(ys),
        "rotation": 0,
    }
