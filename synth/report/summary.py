"""The page's first section: what the dataset is, how much of it there is, and how it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

import yaml

from synth.report.figures import Figures

_NUMBER: Final = ' class="number"'


def lead(figures: Figures) -> str:
    """What stands below the title."""
    made = figures.dataset.made
    words = [f"{counted(figures.images)} images, {counted(figures.hands)} hands"]
    if made.started and made.finished:
        words.append(f"made {made.started[:10]}")
    if not figures.dataset.complete:
        words.append("not complete: only some of the manifest's sequences are there")
    notes = "".join(f'<p class="soft">{escape(note)}</p>' for note in figures.notes)
    return f'<p class="lead">{escape("; ".join(words))}.</p>{notes}'


def summary(figures: Figures) -> str:
    """Counts, times, versions and the manifest."""
    dataset = figures.dataset
    made = dataset.made
    rate = f"{figures.images / made.seconds:.2f}" if made.seconds > 0 else "unknown"
    image = dataset.manifest.get("image")
    size = f"{image['width']} × {image['height']}" if isinstance(image, dict) else "various"
    facts = {
        "Images": counted(figures.images),
        "Hands": counted(figures.hands),
        "Without a hand": counted(figures.empty),
        "Sequences": counted(sum(record.sequences for record in dataset.shards)),
        "Size": size,
        "Volume": f"{sum(record.bytes for record in dataset.shards) / 1e6:.0f} MB",
        "Images a second": rate,
    }
    tiles = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in facts.items()
    )
    rows = [
        [split, *(counted(counts[key]) for key in ("shards", "sequences", "samples"))]
        for split, counts in dataset.counts().items()
    ]
    counts = _table(("split", "shards", "sequences", "images"), rows)
    hardware = made.hardware
    times: dict[str, str] = {
        "started": made.started or "unknown",
        "finished": made.finished or "unknown",
        "seconds, of all runs": f"{made.seconds:.0f}",
        "runs": str(made.runs),
        "devices": ", ".join(made.devices) or "unknown",
        "processor": f"{hardware.get('processor', 'unknown')}, {hardware.get('cores', '?')} cores",
        "system": str(hardware.get("system", "unknown")),
    }
    if made.contacts.poses:
        contacts = made.contacts
        times["contacts"] = (
            f"{contacts.corrected} of {contacts.poses} poses corrected, {contacts.redrawn} draws"
            f" thrown away, {contacts.unresolved} unresolved"
        )
    manifest = yaml.safe_dump(dataset.manifest, sort_keys=False, allow_unicode=True)
    return (
        f'<dl class="facts">{tiles}</dl><div class="scroll">{counts}</div>'
        f'<h3>How it was made</h3><div class="scroll">{_pairs(times)}</div>'
        f"<details><summary>Versions and checksums</summary>"
        f'<div class="scroll">{_pairs(_versions(figures))}</div></details>'
        f"<details><summary>Manifest</summary><pre>{escape(manifest)}</pre></details>"
    )


def _versions(figures: Figures) -> dict[str, str]:
    dataset = figures.dataset
    inputs = {f"SHA-256 of {name}": digest for name, digest in dataset.inputs.items()}
    return {**dataset.versions, **inputs, "SHA-256 of the manifest": dataset.manifest_sha256}


def _pairs(values: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
        for name, value in values.items()
    )
    return f"<table>{rows}</table>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column holds names, the others numbers."""
    head = "".join(
        f'<th scope="col"{_NUMBER if index else ""}>{escape(name)}</th>'
        for index, name in enumerate(heads)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{_NUMBER if index else ''}>{escape(value)}</td>" for index, value in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def counted(number: int) -> str:
    """A number with its thousands set apart."""
    return f"{number:,}"
