"""Things in Blender: the mesh that was asked for, where it was put, with its own two surfaces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import bpy
import cv2
import numpy as np
import pytest

from blender_scenes.surface import UV_MAP, build_surface, set_surface
from blender_scenes.thing import ThingObject, build_thing, hide_thing, place_thing, set_thing
from synth.sampling.things import sample_thing
from synth.scene import Surface, Thing
from synth.things.kinds import thing_mesh
from synth.things.mesh import Mesh

IDENTITY = tuple(tuple(row) for row in np.eye(4).tolist())
RED, BLUE = (0.8, 0.02, 0.02), (0.02, 0.02, 0.8)


@pytest.fixture
def scene() -> Iterator[bpy.types.Scene]:
    """A scene of its own, seen from above by an orthographic camera: 0.1 m are 64 pixels."""
    scene = bpy.data.scenes.new("thing")
    world = bpy.data.worlds.new("white")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[0].default_value = (1.0, 1.0, 1.0, 1.0)
    camera = bpy.data.objects.new("above", bpy.data.cameras.new("above"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", 0.1
    camera.location = (0.0, 0.0, 0.5)
    camera.data.clip_start = 0.01
    scene.collection.objects.link(camera)
    scene.camera, scene.world = camera, world
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 8, False
    scene.render.resolution_x = scene.render.resolution_y = 64
    scene.render.film_transparent = True
    scene.render.image_settings.file_format = "PNG"
    scene.view_settings.view_transform = "Raw"
    yield scene
    bpy.data.scenes.remove(scene)


def picture(scene: bpy.types.Scene, folder: Path) -> np.ndarray:
    """(64, 64, 4) RGBA 0 … 1."""
    scene.render.filepath = str(folder / "thing.png")
    bpy.ops.render.render(write_still=True, scene=scene.name)
    read = cv2.imread(scene.render.filepath, cv2.IMREAD_UNCHANGED)
    return cv2.cvtColor(read, cv2.COLOR_BGRA2RGBA) / 255.0


def plain(color: tuple[float, float, float]) -> Surface:
    return Surface(color=color, color2=color, pattern="plain", pattern_scale=0.1, roughness=0.9)


def a_phone(first: Surface, second: Surface) -> Thing:
    size = {"width": 0.07, "height": 0.15, "thickness": 0.008, "edge": 0.002, "frame": 0.003}
    return Thing(kind="phone", role="held", size=size, surface=first, surface2=second, seed=1)


def test_the_mesh_is_the_things_own() -> None:
    collection = bpy.data.collections.new("things")
    thing = build_thing(collection, "thing")
    assert thing.object.hide_render
    for seed in range(3):
        wanted = sample_thing(np.random.default_rng(seed), "held")
        set_thing(thing, wanted)
        data, mesh = thing.object.data, thing_mesh(wanted)
        vertices = np.empty(3 * len(data.vertices))
        data.vertices.foreach_get("co", vertices)
        assert np.allclose(vertices.reshape(-1, 3), mesh.vertices, atol=1e-6)
        assert [list(p.vertices) for p in data.polygons] == mesh.quads.tolist()
        assert [p.material_index for p in data.polygons] == mesh.part.tolist()
        uv = np.empty(2 * len(data.loops))
        data.uv_layers[UV_MAP].uv.foreach_get("vector", uv)
        assert np.allclose(uv.reshape(-1, 4, 2), mesh.uv, atol=1e-5)
        assert not data.validate()
    bpy.data.objects.remove(thing.object)
    bpy.data.collections.remove(collection)


def test_old_meshes_are_removed() -> None:
    collection = bpy.data.collections.new("things")
    thing = build_thing(collection, "thing")
    before = len(bpy.data.meshes), len(bpy.data.materials)
    for seed in range(5):
        set_thing(thing, sample_thing(np.random.default_rng(seed), "clutter"))
    assert (len(bpy.data.meshes), len(bpy.data.materials)) == before
    bpy.data.objects.remove(thing.object)
    bpy.data.collections.remove(collection)


@pytest.mark.render
def test_a_thing_is_seen_where_it_is_put_with_both_surfaces(
    scene: bpy.types.Scene, tmp_path: Path
) -> None:
    thing = build_thing(scene.collection, "thing")
    set_thing(thing, a_phone(plain(BLUE), plain(RED)))
    place = np.eye(4)
    # Turned a quarter and shifted: its width lies along the picture's height.
    place[:3, :3] = [[0, -1, 0], [1, 0, 0], [0, 0, 1]]
    place[:3, 3] = (0.055, 0.005, 0.0)
    place_thing(thing, tuple(tuple(row) for row in place.tolist()))
    seen = picture(scene, tmp_path)
    rows, columns = np.nonzero(seen[..., 3] > 0.5)
    # From −0.02 m on in x, and ±0.035 m about 0.005 m in y.
    assert columns.min() == pytest.approx((0.05 - 0.02) * 640, abs=1.5)
    assert rows.min() == pytest.approx((0.05 - 0.04) * 640, abs=1.5)
    assert rows.max() == pytest.approx((0.05 + 0.03) * 640, abs=1.5)
    middle = seen[29, 45]
    assert middle[0] > 3 * middle[2], "the screen is the second surface"
    edge = seen[29, columns.min() + 2]
    assert edge[2] > 3 * edge[0], "the frame is the first"
    hide_thing(thing)
    assert picture(scene, tmp_path)[..., 3].max() == 0
    place_thing(thing, IDENTITY)
    assert picture(scene, tmp_path)[..., 3].max() > 0.9
    bpy.data.objects.remove(thing.object)


def _square(scene: bpy.types.Scene) -> tuple[bpy.types.Object, bpy.types.Material]:
    """A square of 0.1 m that fills the picture, its UV in metres from its lower left corner."""
    data = bpy.data.meshes.new("square")
    corners = [(-0.05, -0.05), (0.05, -0.05), (0.05, 0.05), (-0.05, 0.05)]
    data.from_pydata([(x, y, 0.0) for x, y in corners], [], [(0, 1, 2, 3)])
    uv = data.uv_layers.new(name=UV_MAP).uv
    uv.foreach_set("vector", np.array(corners).reshape(-1) + 0.05)
    material = build_surface("square")
    data.materials.append(material)
    square = bpy.data.objects.new("square", data)
    scene.collection.objects.link(square)
    return square, material


@pytest.mark.render
def test_a_patterns_repeat_is_in_metres(scene: bpy.types.Scene, tmp_path: Path) -> None:
    square, material = _square(scene)
    checks = Surface(
        color=(0.0, 0.0, 0.0),
        color2=(0.9, 0.9, 0.9),
        pattern="checks",
        pattern_scale=0.05,
        roughness=1.0,
    )
    set_surface(material, checks)
    grey = picture(scene, tmp_path)[..., 0]
    # Half a repeat is 16 pixels: black, half, half and white in turn, from the lower left.
    means = grey[::-1].reshape(4, 16, 4, 16)[:, 4:12, :, 4:12].mean((1, 3))
    expected = np.array([[0, 1, 0, 1], [1, 2, 1, 2], [0, 1, 0, 1], [1, 2, 1, 2]]) / 2
    assert np.abs(means / means.max() - expected).max() < 0.17
    bpy.data.objects.remove(square)


@pytest.mark.render
def test_every_pattern_shows_both_colors_and_leaves_nothing_behind(
    scene: bpy.types.Scene, tmp_path: Path
) -> None:
    square, material = _square(scene)
    surface = plain(RED)
    set_surface(material, surface)
    first = picture(scene, tmp_path)
    for pattern in ("stripes", "checks", "knit", "noise", "label", "wood", "print"):
        update = {"color2": BLUE, "pattern": pattern, "pattern_scale": 0.02, "seed": 5}
        set_surface(material, surface.model_copy(update=update))
        red, _, blue = picture(scene, tmp_path)[..., :3].reshape(-1, 3).T
        assert (red > 1.5 * blue).mean() > 0.02, pattern
        assert (blue > 1.5 * red).mean() > 0.02, pattern
    lit = surface.model_copy(update={"emission": 2.0})
    set_surface(material, lit)
    assert picture(scene, tmp_path)[..., 0].mean() > first[..., 0].mean() + 0.15
    set_surface(material, surface)
    assert np.array_equal(picture(scene, tmp_path), first)
    bpy.data.objects.remove(square)


def test_every_kind_of_thing_reaches_blender() -> None:
    collection = bpy.data.collections.new("things")
    thing: ThingObject = build_thing(collection, "thing")
    rng = np.random.default_rng(0)
    for _ in range(12):
        wanted = sample_thing(rng, "furniture", split="test")
        set_thing(thing, wanted)
        mesh: Mesh = thing_mesh(wanted)
        assert len(thing.object.data.polygons) == len(mesh.quads)
    bpy.data.objects.remove(thing.object)
    bpy.data.collections.remove(collection)
