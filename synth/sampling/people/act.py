"""What a person's two arms do in one frame, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from synth.sampling.people.person import PosedArm
from synth.scene import Contacts, Side


@dataclass(frozen=True)
class Act:
    """Right and left arm in one frame.

    Attributes:
        gestures: names, where the fingers show one.
        contacts: of fingers with each other, with things and with the other hand.
        touched: hands that another one touches.
    """

    arms: tuple[PosedArm, PosedArm]
    gestures: tuple[str | None, str | None]
    contacts: Contacts
    touched: tuple[Side, ...] = ()
