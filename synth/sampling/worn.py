"""What a hand wears and what is done to its skin: glove, ornaments, marks.

Only what can be seen is drawn: nothing under a glove, no watch or bracelet where a glove or a
sleeve lies over its place.
"""

from __future__ import annotations

import numpy as np

from synth.hand.model import HandShape, load_hand_model
from synth.landmarks import BONES, FINGERS
from synth.manifest import Worn
from synth.sampling.identity import Person
from synth.sampling.jewellery import sample_bracelet, sample_ring, sample_watch
from synth.sampling.sleeve import sample_cloth_color
from synth.scene import Color, Glove, Marks, Ornament, Side
from synth.skin.drawings import HENNA_VARIANTS, TATTOO_VARIANTS
from synth.skin.marks import DIRT_VARIANTS, PLASTER_VARIANTS

#: How many rings and bracelets a hand wears that wears some.
_RINGS = (0.55, 0.25, 0.13, 0.07)
_BRACELETS = (0.65, 0.25, 0.10)
#: How likely a ring is on each finger, thumb first; a midi ring sits above the PIP.
_RING_FINGERS = np.array([0.08, 0.20, 0.20, 0.40, 0.12])
_MIDI_SHARE = 0.08
#: Part of the proximal and the intermediate phalanx on which rings sit, clear of web and joint.
_RING_PLACE, _MIDI_PLACE = (0.58, 0.68), (0.42, 0.58)
#: Metres from the wrist between which watches and bracelets are worn, and between two of them.
_WRIST_PLACE = (0.008, 0.085)
_GAP = 0.002
#: Watches are worn on the left rather than on the right: share that goes over.
_LEFT_WATCHES = 0.5
#: Metres: range of a glove's thickness and of its reach beyond the wrist.
_THICKNESS = {
    "latex": (0.00025, 0.0004),
    "wool": (0.0012, 0.0026),
    "leather": (0.0008, 0.0015),
    "work": (0.0014, 0.0024),
    "fingerless": (0.001, 0.002),
}
_CUFF = {
    "latex": (0.045, 0.10),
    "wool": (0.04, 0.085),
    "leather": (0.02, 0.09),
    "work": (0.04, 0.075),
    "fingerless": (0.025, 0.08),
}
_SHORTEST_CUFF = 0.014
_LATEX: tuple[Color, ...] = (
    (0.70, 0.72, 0.74),
    (0.62, 0.55, 0.42),
    (0.02, 0.12, 0.45),
    (0.16, 0.35, 0.65),
    (0.012, 0.012, 0.014),
    (0.02, 0.25, 0.12),
    (0.22, 0.10, 0.42),
    (0.60, 0.22, 0.32),
)
_LEATHER: tuple[Color, ...] = (
    (0.014, 0.012, 0.011),
    (0.014, 0.012, 0.011),
    (0.06, 0.022, 0.009),
    (0.14, 0.055, 0.018),
    (0.30, 0.17, 0.07),
    (0.18, 0.012, 0.012),
    (0.42, 0.36, 0.26),
)
_WORK: tuple[Color, ...] = (
    (0.55, 0.55, 0.52),
    (0.10, 0.10, 0.11),
    (0.16, 0.30, 0.05),
    (0.65, 0.60, 0.05),
    (0.40, 0.28, 0.12),
    (0.05, 0.12, 0.30),
)
_COATING: tuple[Color, ...] = (
    (0.02, 0.02, 0.022),
    (0.02, 0.02, 0.022),
    (0.45, 0.08, 0.02),
    (0.03, 0.10, 0.35),
    (0.20, 0.20, 0.21),
    (0.05, 0.20, 0.06),
)
_POLISH: tuple[Color, ...] = (
    (0.45, 0.01, 0.02),
    (0.18, 0.004, 0.015),
    (0.70, 0.05, 0.12),
    (0.75, 0.35, 0.38),
    (0.65, 0.42, 0.34),
    (0.80, 0.76, 0.72),
    (0.010, 0.010, 0.012),
    (0.02, 0.03, 0.20),
    (0.05, 0.25, 0.45),
    (0.02, 0.15, 0.07),
    (0.25, 0.05, 0.35),
    (0.75, 0.25, 0.03),
)
_FEW_NAILS_SHARE = 0.1
#: Sticking plaster of the colour of skins, and of others.
_PLASTER: tuple[Color, ...] = (
    (0.60, 0.36, 0.22),
    (0.60, 0.36, 0.22),
    (0.48, 0.26, 0.14),
    (0.28, 0.13, 0.06),
    (0.75, 0.73, 0.70),
    (0.02, 0.10, 0.50),
)
_DIRT: tuple[Color, ...] = (
    (0.05, 0.035, 0.020),
    (0.10, 0.060, 0.030),
    (0.16, 0.085, 0.035),
    (0.015, 0.014, 0.013),
    (0.60, 0.58, 0.55),
)


def sample_worn(
    rng: np.random.Generator,
    settings: Worn,
    person: Person,
    side: Side,
    sleeve_start: float | None = None,
) -> tuple[Glove | None, tuple[Ornament, ...], Marks]:
    """Everything on one hand.

    Args:
        sleeve_start: metres along the forearm from the wrist to a sleeve's cuff; None: bare.
    """
    glove = None
    if rng.uniform() < settings.glove_share:
        glove = _sample_glove(rng, settings, sleeve_start)
    marks = _sample_marks(rng, settings, person)
    rings = _sample_rings(rng, settings, person)
    on_wrist = _sample_on_wrist(rng, settings, person, side, glove, sleeve_start)
    if glove is not None:
        rings = ()
        marks = _beside_glove(marks, glove)
    return glove, rings + on_wrist, marks


def _sample_glove(
    rng: np.random.Generator, settings: Worn, sleeve_start: float | None
) -> Glove | None:
    shares = settings.gloves.model_dump()
    weights = np.array(list(shares.values()), dtype=float)
    if weights.sum() <= 0:
        return None
    kind = list(shares)[int(rng.choice(len(shares), p=weights / weights.sum()))]
    colors = {"latex": _LATEX, "leather": _LEATHER, "work": _WORK}
    color = _tinted(rng, _one_of(rng, colors[kind])) if kind in colors else sample_cloth_color(rng)
    color2 = sample_cloth_color(rng)
    if kind == "leather":  # of the seams
        color2 = _scaled(color, 0.35 if rng.uniform() < 0.8 else 2.5)
    elif kind == "work":
        color2 = _tinted(rng, _one_of(rng, _COATING))
    cuff = float(rng.uniform(*_CUFF[kind]))
    if sleeve_start is not None:  # a glove ends in front of the sleeve, or just inside it
        cuff = max(min(cuff, sleeve_start - 0.003), _SHORTEST_CUFF)
    glossy = kind in ("latex", "leather")
    return Glove(
        kind=kind,  # type: ignore[arg-type]
        color=color,
        color2=color2,
        thickness=float(rng.uniform(*_THICKNESS[kind])),
        cuff=cuff,
        roughness=float(rng.uniform(0.2, 0.55) if glossy else rng.uniform(0.7, 1.0)),
        pattern_scale=float(
            rng.uniform(0.0018, 0.003) if kind == "work" else rng.uniform(0.0025, 0.0055)
        ),
        wrinkles=float(rng.beta(2, 2)),
        seed=int(rng.integers(1, 2**31)),
    )


def _shape_of(person: Person) -> HandShape:
    return load_hand_model().shape(person.phenotype, person.blendshapes)


def _sample_rings(rng: np.random.Generator, settings: Worn, person: Person) -> tuple[Ornament, ...]:
    if rng.uniform() >= settings.ring_share:
        return ()
    shape = _shape_of(person)
    count = 1 + int(rng.choice(len(_RINGS), p=_RINGS))
    rings = []
    for finger in rng.choice(len(FINGERS), count, replace=False, p=_RING_FINGERS):
        name = FINGERS[int(finger)]
        midi = name != "thumb" and rng.uniform() < _MIDI_SHARE
        bone = f"{name}_{'intermediate' if midi else 'proximal'}"
        share = rng.uniform(*(_MIDI_PLACE if midi else _RING_PLACE))
        along = float(share * shape.bone_length[BONES.index(bone)])
        rings.append(sample_ring(rng, bone, along, person.phenotype["gender"]))
    return tuple(rings)


def _sample_on_wrist(
    rng: np.random.Generator,
    settings: Worn,
    person: Person,
    side: Side,
    glove: Glove | None,
    sleeve_start: float | None,
) -> tuple[Ornament, ...]:
    """Watch and bracelets, each where there is room for it between hand, glove and sleeve."""
    left = _LEFT_WATCHES if side == "left" else -_LEFT_WATCHES
    with_watch = rng.uniform() < _leaning(settings.watch_share, left)
    with_bracelets = rng.uniform() < settings.bracelet_share
    if not with_watch and not with_bracelets:
        return ()
    size = float(np.linalg.norm(_shape_of(person).joints["middle_mcp"]))
    wanted = [sample_watch(rng, size, person.phenotype["gender"])] if with_watch else []
    if with_bracelets:
        count = 1 + int(rng.choice(len(_BRACELETS), p=_BRACELETS))
        wanted += [sample_bracelet(rng, size) for _ in range(count)]
    low, high = _WRIST_PLACE
    if glove is not None:
        low = max(low, glove.cuff + 0.004)
    if sleeve_start is not None:
        high = min(high, sleeve_start - 0.003)
    placed: list[Ornament] = []
    for ornament in wanted:
        # Next to the hand, or loosely behind.
        room = _reach(ornament)
        start = low + float(rng.beta(1.2, 2.5)) * 0.03
        if start + room <= high:
            placed.append(ornament.model_copy(update={"along": start + room / 2}))
            low = start + room + _GAP
    return tuple(placed)


def _reach(ornament: Ornament) -> float:
    """Metres of arm that an ornament takes up."""
    size = ornament.size
    if "loose" in size:  # a leaning bangle
        return size["width"] + 0.014
    return max(size.get("width", 0.0), size.get("case_width", 0.0), 2 * size.get("bead", 0.0)) + (
        0.006 if "bead" in size or "link" in size else 0.0
    )


def _sample_marks(rng: np.random.Generator, settings: Worn, person: Person) -> Marks:
    feminine = 2 * person.phenotype["gender"] - 1
    polish, tattoo, henna, plaster, dirt, wet = rng.uniform(size=6)
    strength = rng.uniform(size=6)
    nails = tuple(range(5))
    if rng.uniform() < _FEW_NAILS_SHARE:
        chosen = rng.choice(5, int(rng.integers(1, 3)), replace=False)
        nails = tuple(sorted(int(n) for n in chosen))
    dull = rng.uniform() < 0.15
    return Marks(
        polish=float(polish < _leaning(settings.polish_share, feminine)),
        polish_color=_tinted(rng, _one_of(rng, _POLISH)),
        polish_gloss=float(0.1 + 0.2 * strength[0] if dull else 0.7 + 0.3 * strength[0]),
        polish_fingers=nails,
        tattoo=float((0.6 + 0.4 * strength[1]) * (tattoo < settings.tattoo_share)),
        tattoo_variant=int(rng.integers(TATTOO_VARIANTS)),
        henna=float((0.5 + 0.5 * strength[2]) * (henna < _leaning(settings.henna_share, feminine))),
        henna_variant=int(rng.integers(HENNA_VARIANTS)),
        plaster=float(plaster < settings.plaster_share),
        plaster_variant=int(rng.integers(PLASTER_VARIANTS)),
        plaster_color=_tinted(rng, _one_of(rng, _PLASTER)),
        dirt=float((0.25 + 0.75 * strength[4]) * (dirt < settings.dirt_share)),
        dirt_variant=int(rng.integers(DIRT_VARIANTS)),
        dirt_color=_tinted(rng, _one_of(rng, _DIRT)),
        wetness=float((0.4 + 0.6 * strength[5]) * (wet < settings.wet_share)),
    )


def _beside_glove(marks: Marks, glove: Glove) -> Marks:
    """The marks that a glove leaves to be seen: on the fingers of a fingerless one."""
    if glove.kind != "fingerless":
        return Marks()
    return marks.model_copy(update={"wetness": 0.0})


def _leaning(share: float, lean: float) -> float:
    """A share that leans to one group: its mean over lean −1 … 1 stays, and so do 0 and 1."""
    return share * (1 + (1 - share) * lean)


def _one_of(rng: np.random.Generator, colors: tuple[Color, ...]) -> Color:
    return colors[int(rng.integers(len(colors)))]


def _tinted(rng: np.random.Generator, color: Color) -> Color:
    """A little lighter or darker, and of a slightly other hue."""
    factor = np.exp(rng.normal(0.0, 0.2) + rng.normal(0.0, 0.06, 3))
    return _scaled(color, factor)


def _scaled(color: Color, factor: object) -> Color:
    r, g, b = np.clip(np.asarray(color) * factor, 0.003, 0.9).tolist()
    return (r, g, b)
