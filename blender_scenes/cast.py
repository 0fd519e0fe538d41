"""Who and what is on the stage in one scene: its hands, people and things, as Blender's objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import bpy
import numpy as np

from blender_scenes.body import BodyObjects, body_parts, pose_body, set_body
from blender_scenes.glove import set_glove
from blender_scenes.hand import Hand, set_identity
from blender_scenes.ornament import set_ornaments
from blender_scenes.skin import set_skin
from blender_scenes.sleeve import set_sleeve
from blender_scenes.stage import Dressed, Stage, bodies_on, hands_on, things_on
from blender_scenes.thing import ThingObject, set_thing
from blender_scenes.truth import Truth, blocker_tree, read_posed_hand
from synth.body.model import SIDES, BodyShape, load_body_model
from synth.body.pose import Forearm, forearm_of, posed_skin
from synth.hand.model import load_hand_model
from synth.scene import BodyLook, BodyPose, HandLook, Moment, Scene


@dataclass
class Cast:
    """The objects of one scene, in the order of its description.

    Attributes:
        shapes: of the bodies.
        is_mixed: whether anything but one hand and its sleeve is there.
    """

    hands: list[Dressed]
    bodies: list[BodyObjects]
    shapes: list[BodyShape]
    things: list[ThingObject]
    is_mixed: bool

    @property
    def rigs(self) -> list[Hand]:
        return [dressed.hand for dressed in self.hands]


def set_cast(stage: Stage, scene: Scene) -> Cast:
    """Give the stage's objects the looks of a scene; those that it does not need are hidden."""
    hands = hands_on(stage, len(scene.hands))
    for dressed, look in zip(hands, scene.hands, strict=True):
        _dress(dressed, look, scene.render.subdivision)
    bodies, shapes = bodies_on(stage, len(scene.bodies)), []
    for body, person in zip(bodies, scene.bodies, strict=True):
        shapes.append(load_body_model().shape(load_hand_model(), person.phenotype, person.face))
        set_body(body, person, shapes[-1])
    things = things_on(stage, len(scene.things))
    for thing, wanted in zip(things, scene.things, strict=True):
        set_thing(thing, wanted)
    is_mixed = len(scene.hands) != 1 or bool(bodies or things)
    return Cast(hands, bodies, shapes, things, is_mixed)


def pose_bodies(cast: Cast, scene: Scene, moment: Moment) -> None:
    """Pose the people so that their arms end where their hands' forearms do."""
    model = load_body_model()
    for body, look, pose, shape in zip(
        cast.bodies, scene.bodies, moment.bodies, cast.shapes, strict=True
    ):
        matrix = np.array(pose.body_to_world)
        rotations = {name: np.array(q) for name, q in pose.bones.items()}
        skin = posed_skin(model, shape, rotations, _forearms(cast, look, pose, shape, moment))
        pose_body(body, skin @ matrix[:3, :3].T + matrix[:3, 3])
    bpy.context.view_layer.update()


def read_truth(cast: Cast) -> Truth:
    """The posed hands, and what can hide each of them."""
    parts = [part for body in cast.bodies for part in body_parts(body)]
    for dressed in cast.hands:
        parts += [dressed.sleeve.mesh, *dressed.ornaments.objects]
    return Truth(
        [read_posed_hand(dressed.hand) for dressed in cast.hands],
        [blocker_tree(thing.object) for thing in cast.things],
        [blocker_tree(part) for part in parts if not part.hide_render],
        [body.hung for body in cast.bodies if body.hung is not None and not body.hair.hide_render],
    )


def hide_absent(cast: Cast, absent: Sequence[int]) -> None:
    """Take the things that a camera does not see out of its picture."""
    for index, thing in enumerate(cast.things):
        thing.object.hide_render = index in absent


def _dress(dressed: Dressed, look: HandLook, subdivision: int) -> None:
    set_identity(dressed.hand, look)
    dressed.hand.subdivision.levels = subdivision
    dressed.hand.subdivision.render_levels = subdivision
    set_skin(dressed.skin, look.skin, look.marks)
    set_glove(dressed.glove, dressed.hand, look.glove)
    dressed.sleeve.mesh.hide_render = look.sleeve is None
    if look.sleeve is not None:
        set_sleeve(dressed.sleeve, dressed.hand, look.sleeve)
    set_ornaments(dressed.ornaments, dressed.hand, look.ornaments)


def _forearms(
    cast: Cast, look: BodyLook, pose: BodyPose, shape: BodyShape, moment: Moment
) -> tuple[Forearm, Forearm]:
    own = []
    for side, number in zip(SIDES, look.hands, strict=True):
        hand = cast.hands[number].hand
        assert hand.shape is not None
        matrix = np.array(pose.body_to_world)
        own.append(forearm_of(hand.model, hand.shape, moment.hands[number], side, shape, matrix))
    return own[0], own[1]
