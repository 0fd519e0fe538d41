from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import get_args

import pytest

from synth.errors import UserError
from synth.manifest import Gloves, Manifest, Scenes, Skins, Worn, load_manifest, parse_manifest
from synth.scene import KINDS, Glove, SkinLook

MANIFESTS = Path(__file__).parents[2] / "manifests"


def load(tmp_path: Path, text: str) -> Manifest:
    path = tmp_path / "m.yaml"
    path.write_text(text)
    return load_manifest(path)


def test_every_key_has_a_default(tmp_path: Path) -> None:
    manifest = load(tmp_path, "")
    assert (manifest.image.width, manifest.cameras, manifest.frames_per_sequence) == (256, 3, 4)
    assert manifest.images_per_sequence == 12


@pytest.mark.parametrize("path", sorted(MANIFESTS.glob("*.yaml")), ids=lambda path: path.name)
def test_the_manifests_that_come_along_are_valid(path: Path) -> None:
    assert load_manifest(path).sequences > 0


def test_a_plain_manifest_shows_lone_bare_hands() -> None:
    manifest = Manifest()
    assert manifest.scenes.model_dump() == {
        "hand": 1.0, "held": 0.0, "pair": 0.0, "people": 0.0, "empty": 0.0
    }  # fmt: skip
    shares = [getattr(manifest.worn, name) for name in Worn.model_fields if "share" in name]
    assert shares == [0.0] * 10
    assert (manifest.things.occluder_share, manifest.things.clutter_share) == (0.0, 0.0)
    assert (manifest.light.back_share, manifest.light.low_share) == (0.0, 0.0)
    assert set(Scenes.model_fields) == set(KINDS)
    assert set(Gloves.model_fields) == set(get_args(Glove.model_fields["kind"].annotation))


@pytest.mark.parametrize(
    ("name", "images"),
    [("detector", 10_200), ("landmarks", 20_000), ("interaction", 7_200), ("gloves", 6_000)],
)
def test_the_manifests_to_train_on_are_as_large_as_they_say(name: str, images: int) -> None:
    path = MANIFESTS / f"{name}.yaml"
    manifest = load_manifest(path)
    assert manifest.sequences * manifest.images_per_sequence == images
    comment = path.read_text().split(f"name: {name}")[0].replace("\n# ", " ")
    assert f"{images:,} images" in comment
    assert manifest.image.mask  # which tells hands from what is before them


def test_the_hundred_thousand(tmp_path: Path) -> None:
    manifest = load_manifest(MANIFESTS / "hands-100k.yaml")
    assert 100_000 <= manifest.sequences * manifest.images_per_sequence < 100_100


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("camera: {scal: [0.1, 0.2]}", "camera.scal", "did you mean camera.scale?"),
        (
            "identity: {phenotype: {aeg: [0, 1]}}",
            "identity.phenotype.aeg",
            "identity.phenotype.age",
        ),
        ("width: 64", "width", "did you mean image.width?"),
        ("nonsense: 1", "nonsense", "frames_per_sequence"),
        ("camera: {scale: [0.9, 0.1]}", "camera.scale", "the low end 0.9 is above the high end"),
        ("camera: {scale: [0.0, 0.5]}", "camera.scale", "is not within [0.01, 1.5]"),
        ("camera: {scale: [0.5]}", "camera.scale", "2 values"),
        ("camera: {scale: [0.1, 0.5, 0.7]}", "camera.scale", "2 values"),
        ("camera: {scale_mode: 0.99}", "camera", "scale_mode 0.99 is outside scale"),
        ("camera: {redraw: never}", "camera.redraw", "'frame' or 'sequence', not 'never'"),
        ("image: {width: 31}", "image.width", "greater than or equal to 32, not 31"),
        ("image: {width: '64'}", "image.width", "valid integer, not '64'"),
        ("image: {width: 64.0}", "image.width", "valid integer, not 64.0"),
        ("image: {denoise: 1}", "image.denoise", "valid boolean"),
        ("image: 5", "image", "a mapping of keys, not 5"),
        ("motion: {gesture_share: 1.2}", "motion.gesture_share", "less than or equal to 1"),
        ("motion: {key_poses: [1.5, 2]}", "motion.key_poses[0]", "valid integer, not 1.5"),
        ("motion: {gesture_share: .nan}", "motion.gesture_share", "finite"),
        ("cameras: 9", "cameras", "less than or equal to 8"),
        ("cameras: yes", "cameras", "valid integer, not True"),
        ("sequences: 0", "sequences", "greater than or equal to 1"),
        ("splits: {train: 0.7}", "splits", "sum to 0.9, not to 1"),
        ("background: {hdri: 0.5}", "background", "sum to 0.9"),
        (
            "background: {hdri: 0, photo: 1, procedural: 0}",
            "background",
            "photos names no folder",
        ),
        ("background: {photos: nowhere}", "background.photos", "there is no folder"),
        ("light: {hdris: nowhere}", "light.hdris[0]", "there is no file or folder"),
        ("light: {hdris: []}", "light.hdris", "at least 1 item"),
        (
            "identity: {skins: {very_light: 0, light: 0, intermediate: 0, tan: 0, dark: 0}}",
            "identity.skins",
            "a weight above 0",
        ),
        ("scenes: {hand: 0.5}", "scenes", "hand, held, pair, people, empty sum to 0.5, not to 1"),
        ("scenes: {hands: 1.0}", "scenes.hands", "did you mean scenes.hand?"),
        ("people: {webcam: 0.5}", "people", "sum to 1.15, not to 1"),
        ("people: {second_share: 1.5}", "people.second_share", "less than or equal to 1"),
        ("people: {interactions: prayer}", "people.interactions", "tuple"),
        ("worn: {ring_share: -0.1}", "worn.ring_share", "greater than or equal to 0"),
        ("worn: {gloves: {silk: 1.0}}", "worn.gloves.silk", "latex"),
        (
            "worn: {gloves: {latex: 0, wool: 0, leather: 0, work: 0, fingerless: 0}}",
            "worn.gloves",
            "a weight above 0",
        ),
        ("things: {occluders: [0, 2]}", "things.occluders", "is not within [1, 8]"),
        ("things: {clutter: [6, 2]}", "things.clutter", "the low end 6 is above the high end"),
        ("light: {back_share: 2}", "light.back_share", "less than or equal to 1"),
        ("light: {low_share: maybe}", "light.low_share", "number"),
        (
            "identity: {count: 2}",
            "identity.count",
            "2 is too small: train, val, test need an identity each",
        ),
    ],
)
def test_wrong_manifests_are_refused(tmp_path: Path, text: str, key: str, reason: str) -> None:
    with pytest.raises(UserError) as error:
        load(tmp_path, text)
    message = str(error.value)
    assert message.startswith(f"{tmp_path / 'm.yaml'}: {key}: ")
    assert reason in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("seed: 1\nseed: 2", "line 2, column 1: the key 'seed' is there twice"),
        ("image: {width: 64, width: 64}", "the key 'width' is there twice"),
        ("seed: !!python/object/apply:os.getpid []", "python/object/apply"),
        ("- seed", "a mapping of keys, not a list"),
        ("1: 2", "the key 1 is not text"),
        ("name: [", "line 1"),
        ("name: a: b", "line 1"),
        ("a: &x [*x]", "the alias *x"),
        ("name: \x00", "not valid YAML"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(UserError) as error:
        load(tmp_path, text)
    assert str(error.value).startswith(f"{tmp_path / 'm.yaml'}: ")
    assert reason in str(error.value)
    assert "\n" not in str(error.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.yaml: cannot be read: No such file"):
        load_manifest(tmp_path / "none.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(UserError, match="not a text file in UTF-8"):
        load_manifest(tmp_path / "binary.yaml")


def test_numbers_as_people_write_them(tmp_path: Path) -> None:
    manifest = load(tmp_path, "light: {strength: [1e-1, 2e+1]}\nname: 2024-01-01\nseed: 7")
    assert manifest.light.strength == (0.1, 20.0)
    assert manifest.name == "2024-01-01"


def test_relative_paths_start_from_the_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "photos").mkdir()
    manifest = load(tmp_path, "background: {hdri: 0, photo: 1, procedural: 0, photos: photos}")
    monkeypatch.chdir("/")
    assert manifest.path_of("photos") == tmp_path / "photos"
    # What is written stays as it is: moving a manifest with its folders changes nothing.
    assert manifest.background.photos == "photos"


def test_a_manifest_travels_by_pickle_and_json() -> None:
    manifest = parse_manifest({"seed": 3, "light": {"hdris": ["builtin"]}}, Path("/tmp"), "m")
    again = pickle.loads(pickle.dumps(manifest))
    assert again == manifest
    assert again.folder == Path("/tmp")
    data = json.loads(json.dumps(manifest.model_dump(mode="json")))
    assert parse_manifest(data, Path("/tmp"), "m") == manifest


def test_the_checksum_covers_every_key() -> None:
    first = parse_manifest({"seed": 3}, Path("/a"), "m")
    assert first.checksum() == parse_manifest({"seed": 3}, Path("/b"), "m").checksum()
    other = parse_manifest({"seed": 3, "sensor": {"contrast": [0.85, 1.21]}}, Path("/a"), "m")
    assert first.checksum() != other.checksum()


def test_the_skins_are_those_of_the_scene() -> None:
    assert tuple(Skins.model_fields) == get_args(SkinLook.model_fields["name"].annotation)
