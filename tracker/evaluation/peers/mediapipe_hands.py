"""Run MediaPipe Hands over images or a video and write what it finds as JSON lines.

A script for an environment of its own, with mediapipe 0.10.21 (the last with `mp.solutions`) and
nothing of this project:

    python mediapipe_hands.py images OUT.jsonl INPUT… [--hands 2] [--complexity 1] [--set NAME]
    taskset -c 0 python mediapipe_hands.py video OUT.json VIDEO [--complexity 1]

INPUT is a shard (.tar: every KEY.jpg), a folder with an index.json of photographs, or a folder of
images. The first line of OUT.jsonl says what ran; each other line is one image: `key`, `width`,
`height`, `ms` and `hands`, each with `landmarks` (21 of x, y, z in pixels; z negative towards the
camera), `landmarks_world` (metres), `handedness` and `score`.

MediaPipe takes its input for a mirrored selfie; `handedness` is swapped back to the person's own
in an unmirrored image. It has no option for threads: pin the process to cores with taskset.
"""

import argparse
import json
import os
import platform
import sys
import tarfile
import time
from pathlib import Path

import cv2
import mediapipe as mp  # type: ignore[import-not-found, unused-ignore]
import numpy as np

ANATOMICAL = {"Left": "right", "Right": "left"}
SUFFIXES = (".jpg", ".jpeg", ".png")
WARM_UP = 10


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    modes = parser.add_subparsers(dest="mode", required=True)
    images = modes.add_parser("images")
    images.add_argument("out", type=Path)
    images.add_argument("inputs", type=Path, nargs="+")
    images.add_argument("--set", help="only this set of a folder of photographs")
    images.add_argument("--hands", type=int, default=2)
    images.add_argument("--limit", type=int, help="only the first N images")
    video = modes.add_parser("video")
    video.add_argument("out", type=Path)
    video.add_argument("video", type=Path)
    video.add_argument("--hands", type=int, default=1)
    for mode in (images, video):
        mode.add_argument("--complexity", type=int, default=1, choices=(0, 1))
        mode.add_argument("--confidence", type=float, default=0.5, help="least of the detection")
    options = parser.parse_args()
    try:
        (run_images if options.mode == "images" else run_video)(options)
    except (OSError, ValueError) as error:
        sys.exit(f"mediapipe_hands: {error}")


def run_images(options):
    partial = options.out.with_name(options.out.name + ".tmp")
    found = 0
    with open_hands(options, True) as hands, partial.open("w", encoding="utf-8") as out:
        write(out, header(options))
        for count, (key, rgb) in enumerate(images_of(options.inputs, options.set)):
            if count == options.limit:
                break
            start = time.perf_counter()
            answer = hands.process(rgb)
            ms = 1000 * (time.perf_counter() - start)
            height, width = rgb.shape[:2]
            record = {"key": key, "width": width, "height": height, "ms": round(ms, 3)}
            write(out, {**record, "hands": hands_of(answer, width, height)})
            found += 1
    if not found:
        partial.unlink()
        raise ValueError("there is no image in what was named")
    partial.replace(options.out)
    print(f"{options.out}: {found} images")


def run_video(options):
    """Milliseconds of `process` for each frame, and the hands of each, in video mode."""
    capture = cv2.VideoCapture(str(options.video))
    if not capture.isOpened():
        raise ValueError(f"{options.video}: is no video that can be read")
    frames, times = [], []
    with open_hands(options, False) as hands:
        while True:
            ok, bgr = capture.read()
            if not ok:
                break
            rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
            start = time.perf_counter()
            answer = hands.process(rgb)
            times.append(1000 * (time.perf_counter() - start))
            frames.append(hands_of(answer, rgb.shape[1], rgb.shape[0]))
    if len(times) <= WARM_UP:
        raise ValueError(f"{options.video}: has no more than {WARM_UP} frames")
    warm = np.array(times[WARM_UP:])
    result = {
        **header(options),
        "frames": len(times),
        "frames_with_a_hand": sum(bool(hand) for hand in frames),
        "ms_median": float(np.median(warm)),
        "ms_p95": float(np.percentile(warm, 95)),
        "hands": frames,
    }
    options.out.write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(
        f"{result['tool']}: {result['ms_median']:.2f} ms a frame (median),"
        f" {result['ms_p95']:.2f} ms (p95), {result['frames_with_a_hand']} of {len(times)} frames"
        f" with a hand, {result['cores']} core(s)"
    )


def open_hands(options, still):
    return mp.solutions.hands.Hands(
        static_image_mode=still,
        max_num_hands=options.hands,
        model_complexity=options.complexity,
        min_detection_confidence=options.confidence,
    )


def header(options):
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    kind = "full" if options.complexity else "lite"
    return {
        "tool": f"MediaPipe {mp.__version__} {kind}",
        "max_num_hands": options.hands,
        "min_detection_confidence": options.confidence,
        "static_image_mode": options.mode == "images",
        "cores": cores,
        "system": platform.platform(),
    }


def hands_of(answer, width, height):
    hands = []
    for points, world, sides in zip(
        answer.multi_hand_landmarks or [],
        answer.multi_hand_world_landmarks or [],
        answer.multi_handedness or [],
        strict=True,
    ):
        side = sides.classification[0]
        hands.append(
            {
                "landmarks": [
                    [round(v, 3) for v in (p.x * width, p.y * height, p.z * width)]
                    for p in points.landmark
                ],
                "landmarks_world": [[round(v, 6) for v in (p.x, p.y, p.z)] for p in world.landmark],
                "handedness": ANATOMICAL[side.label],
                "score": round(side.score, 5),
            }
        )
    return hands


def images_of(inputs, only):
    for source in inputs:
        if source.suffix == ".tar":
            with tarfile.open(source) as shard:
                for member in shard:
                    data = shard.extractfile(member)
                    if data and member.name.endswith(".jpg"):
                        yield member.name[:-4], decode(member.name, data.read())
        elif (source / "index.json").is_file():
            for record in json.loads((source / "index.json").read_bytes()):
                if only in (None, record["set"]):
                    yield record["file"], decode(source, (source / record["file"]).read_bytes())
        elif source.is_dir():
            for path in sorted(source.rglob("*")):
                if path.suffix.lower() in SUFFIXES:
                    yield str(path.relative_to(source)), decode(path, path.read_bytes())
        else:
            raise ValueError(f"{source}: is neither a shard nor a folder")


def decode(name, data):
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if bgr is None:
        raise ValueError(f"{name}: is no image that can be read")
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


def write(out, record):
    out.write(json.dumps(record, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
