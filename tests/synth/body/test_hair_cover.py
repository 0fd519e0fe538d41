"""What hair hides: curtains whose cover follows from their spacing, and a drawn one."""

from __future__ import annotations

import numpy as np
import pytest

from synth.body.hair_cover import DISC, hair_cover, hung_hair

EYE, POINT = np.array([0.1, -0.9, 0.2]), np.array([0.1, 0.1, 0.2])


def curtain(y: float, spacing: float, tilt: float = 0.0) -> np.ndarray:
    """Parallel strands, upright or leaning by `tilt` radians, in a plane before the eye."""
    x = np.arange(-0.05, 0.05, spacing) + spacing / 3
    z = np.linspace(-0.06, 0.06, 5)
    across, up = np.meshgrid(x, z, indexing="ij")
    lean, rise = across + up * np.sin(tilt), up * np.cos(tilt)
    return np.stack([lean + 0.1, np.full_like(lean, y), rise + 0.2], axis=-1)


def covered(strands: np.ndarray) -> float:
    return hair_cover(EYE, POINT, hung_hair(strands, np.full(5, 0.0002)))


def test_a_curtain_covers_what_its_spacing_says() -> None:
    for spacing in (0.0002, 0.0005, 0.002):
        for tilt in (0.0, 0.7):
            share = 0.0004 / (spacing * np.cos(tilt))
            found = covered(curtain(0.0999, spacing, tilt))
            assert found == pytest.approx(1 - np.exp(-share), rel=0.03)


def test_nearer_to_the_eye_the_same_hair_looks_wider_and_sparser() -> None:
    """Half-way both spacing and width look twice as large, which leaves the cover as it is."""
    near = covered(curtain(-0.4, 0.0005))
    assert near == pytest.approx(1 - np.exp(-0.8), rel=0.05)


def test_hair_behind_aside_or_behind_the_eye_hides_nothing() -> None:
    assert covered(curtain(0.2, 0.0005)) == 0
    assert covered(curtain(0.0, 0.0005) + (0.2, 0, 0)) == 0
    assert covered(curtain(-1.2, 0.0005)) == 0


def test_strands_at_random_cover_as_much_as_when_they_are_drawn() -> None:
    rng = np.random.default_rng(0)
    ends = rng.uniform(-0.03, 0.03, (400, 2, 2))
    strands = np.concatenate([ends[:, :, :1], np.full((400, 2, 1), 0.999), ends[:, :, 1:]], axis=2)
    radius = np.array([0.0003, 0.0003])
    points = rng.uniform(-DISC, DISC, (20_000, 2))
    points = points[(points**2).sum(axis=1) < DISC**2]
    way = ends[:, 1] - ends[:, 0]
    share = ((points[:, None] - ends[:, 0]) * way).sum(2) / (way**2).sum(1)
    nearest = ends[:, 0] + np.clip(share, 0, 1)[..., None] * way
    drawn = (np.linalg.norm(points[:, None] - nearest, axis=2) < 0.0003).any(axis=1).mean()
    found = hair_cover(np.zeros(3), np.array([0.0, 1.0, 0.0]), hung_hair(strands, radius))
    assert found == pytest.approx(drawn, abs=0.05)
