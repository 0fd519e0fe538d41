"""Cycles settings: what makes a frame cheap and the same everywhere."""

from __future__ import annotations

import bpy

from synth.errors import UserError
from synth.scene import RenderSettings

#: A pixel is left alone when its relative noise is below this, after this many samples.
_NOISE_THRESHOLD = 0.05
_LEAST_SAMPLES = 4
_DEVICE_TYPES = {"optix": "OPTIX", "cuda": "CUDA"}


def configure_device(scene: bpy.types.Scene, device: str, threads: int) -> str:
    """Choose CPU or GPU once per process.

    Args:
        device: auto, cpu, cuda or optix. `auto` takes OptiX, then CUDA, then the CPU.
        threads: of the CPU.

    Returns:
        A line that names what is used.

    Raises:
        UserError: the device asked for is not there.
    """
    scene.render.engine = "CYCLES"
    scene.render.threads_mode = "FIXED"
    scene.render.threads = threads
    wanted = ["optix", "cuda"] if device == "auto" else [device]
    for name in wanted if device != "cpu" else []:
        preferences = bpy.context.preferences.addons["cycles"].preferences
        try:
            preferences.compute_device_type = _DEVICE_TYPES[name]
            preferences.get_devices()
        except (TypeError, KeyError):
            continue
        cards = [d for d in preferences.devices if d.type == _DEVICE_TYPES[name]]
        if cards:
            for entry in preferences.devices:
                entry.use = entry in cards
            scene.cycles.device = "GPU"
            return f"{name}: {', '.join(card.name for card in cards)}"
    if device in _DEVICE_TYPES:
        raise UserError(f"--device {device}: Cycles finds no such device here; use --device cpu")
    scene.cycles.device = "CPU"
    return f"cpu, {threads} thread{'s' if threads > 1 else ''}"


def apply_settings(scene: bpy.types.Scene, settings: RenderSettings, mask: bool) -> None:
    """Sampling, denoising, bounces and output of all frames of a sequence.

    Args:
        mask: whether to tell what is seen in each pixel.
    """
    render, cycles = scene.render, scene.cycles
    if cycles.samples != settings.samples:
        # What is kept from picture to picture holds a table of random numbers, made for the number
        # of samples of the first; switching the keeping off throws it away.
        render.use_persistent_data = False
    render.use_persistent_data = True
    render.resolution_percentage = 100
    render.use_motion_blur = False
    render.use_compositing = False
    render.use_sequencer = False
    render.image_settings.file_format = "OPEN_EXR_MULTILAYER"
    render.image_settings.color_depth = "32"
    render.image_settings.exr_codec = "NONE"
    scene.view_settings.view_transform = "Raw"
    cycles.samples = settings.samples
    # Backgrounds are composited behind a transparent film; adaptive sampling then spends the
    # samples on the hand.
    render.film_transparent = True
    cycles.use_adaptive_sampling = True
    cycles.adaptive_threshold = _NOISE_THRESHOLD
    cycles.use_denoising = settings.denoise
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    cycles.denoising_prefilter = "NONE"
    cycles.denoising_quality = "FAST"
    cycles.max_bounces = 4
    cycles.diffuse_bounces = 2
    cycles.glossy_bounces = 2
    cycles.transmission_bounces = 0
    cycles.volume_bounces = 0
    cycles.transparent_max_bounces = 4
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 5.0
    cycles.use_light_tree = False
    layer = scene.view_layers[0]
    layer.use_pass_z = settings.depth
    layer.use_pass_object_index = mask


def set_least_samples(scene: bpy.types.Scene, settings: RenderSettings, blurred: bool) -> None:
    """Samples before a pixel may be left alone; all of them where edges are blurred.

    Adaptive sampling looks at colours: the soft edge of a dark hand on the transparent ground looks
    finished to it when its coverage is still a matter of luck.
    """
    scene.cycles.adaptive_min_samples = settings.samples if blurred else _LEAST_SAMPLES
