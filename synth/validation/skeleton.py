"""The rest shape of a label's hand, from its phenotype and blendshapes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from synth.hand.model import HandShape, load_hand_model
from synth.hand.recipe import asset_path


def has_hand_asset() -> bool:
    """Whether the hand asset is in the cache; building it takes minutes and the `synth` extra."""
    return asset_path().exists()


def shape_of(phenotype: Mapping[str, float], blendshapes: Mapping[str, float]) -> HandShape:
    """Rest shape of a label's hand; the last few are kept, because a sequence repeats them.

    Raises:
        KeyError: for a name that the model does not have.
    """
    return _shape(tuple(sorted(phenotype.items())), tuple(sorted(blendshapes.items())))


@lru_cache(maxsize=32)
def _shape(
    phenotype: tuple[tuple[str, float], ...], blendshapes: tuple[tuple[str, float], ...]
) -> HandShape:
    return load_hand_model().shape(dict(phenotype), dict(blendshapes))
