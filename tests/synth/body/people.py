"""People for these tests: the average one, and drawn ones with what they wear."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from synth.body.measures import limbs_of
from synth.body.model import BodyModel, BodyShape, load_body_model
from synth.hand.model import load_hand_model
from synth.manifest import Identity
from synth.sampling.dress import sample_body_look
from synth.sampling.identity import sample_person
from synth.scene import BodyLook, Garment, Surface

PLAIN = Surface(
    color=(0.2, 0.3, 0.4),
    color2=(0.1, 0.1, 0.1),
    pattern="plain",
    pattern_scale=0.02,
    roughness=0.8,
)


@lru_cache(maxsize=1)
def average() -> tuple[BodyModel, BodyShape]:
    model = load_body_model()
    return model, model.shape(load_hand_model(), {}, {})


def drawn_look(seed: int) -> BodyLook:
    person = sample_person(np.random.default_rng(seed), Identity())
    return sample_body_look(np.random.default_rng(seed), person, f"{seed:06d}", (0, 1))


def drawn_shape(look: BodyLook) -> BodyShape:
    return load_body_model().shape(load_hand_model(), look.phenotype, look.face)


def garment(kind: str, **changes: float) -> Garment:
    plain = {
        "kind": kind,
        "surface": PLAIN,
        "looseness": 0.008,
        "thickness": 0.002,
        "sleeve": 0.5,
        "neckline": 0.02,
        "wrinkles": 0.003,
        "seed": 5,
    }
    return Garment(**{**plain, **changes})  # type: ignore[arg-type]


def skull(model: BodyModel, shape: BodyShape) -> np.ndarray:
    """(N, 3) skin of the head."""
    return shape.vertices[(limbs_of(model).head > 0.5) & ~model.is_eye]
