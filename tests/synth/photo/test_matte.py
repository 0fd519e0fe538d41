"""Soft edges without grain."""

import numpy as np

from synth.photo.matte import smooth_edges

COLOR = np.array([0.3, 0.2, 0.1, 1.0])


def an_edge(width: float) -> np.ndarray:
    """(64, 64) coverage of a vertical edge that is `width` pixels soft."""
    x = np.arange(64) + 0.5
    return np.tile(np.clip(0.5 + (x - 32) / width, 0, 1), (64, 1))


def test_a_soft_edge_of_few_samples_is_smooth_again() -> None:
    rng = np.random.default_rng(1)
    truth = an_edge(24.0)
    sand = rng.binomial(12, truth) / 12
    smooth = smooth_edges((sand[..., None] * COLOR).astype(np.float32))
    before, after = (((alpha - truth) ** 2).mean() for alpha in (sand, smooth[..., 3]))
    # An average of 4πσ² = 28 independent pixels has 1/28 of the variance.
    assert after < before / 15
    # Colours and alpha go together: no seam against any background.
    np.testing.assert_allclose(smooth[..., :3], smooth[..., 3:] * COLOR[:3], atol=1e-6)


def test_inside_and_outside_stay_as_they_are() -> None:
    rng = np.random.default_rng(2)
    rendered = (an_edge(1.0)[..., None] * COLOR).astype(np.float32)
    rendered[..., :3] *= rng.uniform(0.5, 1.0, (64, 64, 1)).astype(np.float32)  # relief of the skin
    smooth = smooth_edges(rendered)
    far = np.abs(np.arange(64) - 31.5) > 14
    np.testing.assert_allclose(smooth[:, far], rendered[:, far], atol=1e-5)
    assert not np.allclose(smooth[:, 31:33], rendered[:, 31:33], atol=1e-2)
