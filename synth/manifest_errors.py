"""A manifest's validation errors in one line for a person."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError


def describe_error(error: ValidationError, model: type[BaseModel]) -> str:
    """The first error: dotted key, reason and, for a misspelt key, the nearest valid one."""
    details = error.errors(include_url=False)
    first = details[0]
    key = _dotted(first["loc"])
    if first["type"] == "extra_forbidden":
        reason = "unknown key" + _suggestion(first["loc"], model)
    elif first["type"] == "value_error":
        reason = str(first["ctx"]["error"])
    elif first["type"] in ("model_type", "model_attributes_type"):
        reason = f"should be a mapping of keys, not {_short(first['input'])}"
    elif first["type"] in ("missing", "too_long"):
        key = _dotted(first["loc"][:-1] if first["type"] == "missing" else first["loc"])
        reason = f"should have 2 values, [low, high], not {_short(first['input'])}"
    else:
        message = first["msg"].removeprefix("Input ")
        reason = f"{message[0].lower()}{message[1:]}, not {_short(first['input'])}"
    more = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
    return " ".join((f"{key}: {reason}{more}" if key else f"{reason}{more}").split())


def _dotted(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _short(value: Any) -> str:
    text = repr(list(value) if isinstance(value, tuple) else value)
    return text if len(text) <= 60 else text[:57] + "..."


def _suggestion(location: tuple[int | str, ...], model: type[BaseModel]) -> str:
    wrong = str(location[-1])
    section = _dotted(location[:-1])
    keys = list(_dotted_keys(model))
    siblings = {
        key[len(section) :].lstrip("."): key for key in keys if key.rpartition(".")[0] == section
    }
    near = get_close_matches(wrong, siblings, n=1)
    if near:
        return f", did you mean {siblings[near[0]]}?"
    by_last_part = {key.rpartition(".")[2]: key for key in reversed(keys)}
    near = get_close_matches(wrong, by_last_part, n=1, cutoff=0.8)
    return f", did you mean {by_last_part[near[0]]}?" if near else _all_of(section, siblings)


def _all_of(section: str, siblings: dict[str, str]) -> str:
    return f"; {section or 'a manifest'} has {', '.join(siblings)}"


def _dotted_keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield prefix + name
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from _dotted_keys(kind, f"{prefix}{name}.")
