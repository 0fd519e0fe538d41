from __future__ import annotations

from synth.body.bones import BODY_BONES, PARENTS, POSED_BONES, sided


def test_parents_come_before_their_bones() -> None:
    seen: set[str] = set()
    for bone, parent in PARENTS.items():
        assert (parent is None) == (bone == "root")
        assert parent is None or parent in seen
        seen.add(bone)


def test_chains_go_from_the_root_to_heads_hands_and_feet() -> None:
    def up(bone: str) -> list[str]:
        parent = PARENTS[bone]
        return [bone] if parent is None else [bone, *up(parent)]

    assert up("head")[-1] == "root"
    assert {"neck01", "spine01", "spine05"} <= set(up("head"))
    for suffix in "LR":
        arm = up(f"lowerarm01.{suffix}")
        assert {f"clavicle.{suffix}", f"upperarm01.{suffix}", "spine01"} <= set(arm)
        leg = up(f"foot.{suffix}")
        assert f"lowerleg01.{suffix}" in leg
        assert "spine05" not in leg
        # Nothing of one side hangs on the other.
        assert not any(bone.endswith("LR".replace(suffix, "")) for bone in [*arm, *leg])


def test_both_sides_have_the_same_bones() -> None:
    right = {bone[:-2] for bone in BODY_BONES if bone.endswith(".R")}
    assert right == {bone[:-2] for bone in BODY_BONES if bone.endswith(".L")}
    assert sided("foot", "left") == "foot.L"
    assert sided("foot", "right") == "foot.R"
    assert all(sided(bone, side) in BODY_BONES for bone in right for side in ("left", "right"))


def test_arms_are_not_posed() -> None:
    assert set(POSED_BONES) < set(BODY_BONES)
    assert {"spine01", "head", "upperleg01.L", "foot.R"} <= set(POSED_BONES)
    assert not any("arm" in bone or "clavicle" in bone for bone in POSED_BONES)
    assert not any(bone.startswith("shoulder") for bone in POSED_BONES)
