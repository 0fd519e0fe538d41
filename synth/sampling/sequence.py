"""From (manifest, sequence number) to the scene description of that sequence.

Every component draws from a generator of its own name (synth.seeding), so adding one, or drawing
more in one, changes none of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from synth.manifest import Manifest
from synth.sampling.background import sample_background
from synth.sampling.draws import Draws
from synth.sampling.empty import stage_empty
from synth.sampling.held_hand import stage_held
from synth.sampling.light import lit_from_behind, sample_light
from synth.sampling.lone_hand import stage_lone_hand
from synth.sampling.people.staging import stage_pair, stage_people
from synth.sampling.sensor import in_back_light, in_low_light, sample_sensor
from synth.sampling.staged import Staged
from synth.sampling.surroundings import with_surroundings
from synth.scene import KINDS, Frame, Kind, RenderSettings, Scene, Sensor, View
from synth.splits import hdris_of, photos_of

_STAGES: Final[dict[Kind, Callable[[Draws], Staged]]] = {
    "hand": stage_lone_hand,
    "held": stage_held,
    "pair": stage_pair,
    "people": stage_people,
    "empty": stage_empty,
}


def plan_scene(manifest: Manifest, sequence: int) -> Scene:
    """Everything the renderer needs for one sequence; the same on every machine.

    Raises:
        ValueError: the manifest has no such sequence.
        UserError: the HDRIs or photographs do not suffice.
    """
    draws = Draws(manifest, sequence)
    split = draws.split
    kind = sample_kind(draws.rng("kind"), manifest)
    staged = with_surroundings(draws, _STAGES[kind](draws))
    light = sample_light(draws.rng("light"), manifest.light, hdris_of(manifest, split))
    back_lit = bool(draws.rng("back light").uniform() < manifest.light.back_share)
    if back_lit:
        light = lit_from_behind(draws.rng("back lamp"), light, staged.frames[0].views[0].camera)
    image = manifest.image
    return Scene(
        sequence=sequence,
        split=split,
        kind=staged.kind,
        hands=staged.hands,
        bodies=staged.bodies,
        things=staged.things,
        light=light,
        render=RenderSettings(
            samples=image.samples,
            denoise=image.denoise,
            subdivision=image.subdivision,
            mask=image.mask,
            depth=image.depth,
        ),
        frames=_frames(draws, staged, back_lit),
        contacts=staged.contacts,
    )


def sample_kind(rng: np.random.Generator, manifest: Manifest) -> Kind:
    """What the sequence shows, by the manifest's shares."""
    shares = np.array([getattr(manifest.scenes, kind) for kind in KINDS])
    return KINDS[int(rng.choice(len(KINDS), p=shares / shares.sum()))]


def _sensor(
    rng: np.random.Generator, manifest: Manifest, low_light: bool, back_lit: bool
) -> Sensor:
    sensor = sample_sensor(rng, manifest.sensor)
    if back_lit:
        return in_back_light(rng, sensor)
    return in_low_light(rng, sensor) if low_light else sensor


def _frames(draws: Draws, staged: Staged, back_lit: bool) -> tuple[Frame, ...]:
    """The staged frames with what is behind them, and sensors and seeds for each view."""
    manifest = draws.manifest
    photos = photos_of(manifest, draws.split)
    low_light = bool(draws.rng("low light").uniform() < manifest.light.low_share)
    backgrounds, sensors, seeds = draws.rng("background"), draws.rng("sensor"), draws.rng("render")
    return tuple(
        Frame(
            frame=number,
            time=frame.time,
            gestures=frame.gestures,
            moment=frame.moment,
            shutter=frame.shutter,
            shutter_open=frame.shutter_open,
            shutter_close=frame.shutter_close,
            views=tuple(
                View(
                    camera=view.camera,
                    background=sample_background(backgrounds, manifest.background, photos),
                    sensor=_sensor(sensors, manifest, low_light, back_lit),
                    render_seed=int(seeds.integers(2**31)),
                    absent=view.absent,
                )
                for view in frame.views
            ),
        )
        for number, frame in enumerate(staged.frames)
    )
