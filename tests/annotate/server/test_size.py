"""A folder of 20,000 photographs: quick, and in little memory."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.annotate.server.folders import jpeg
from tests.annotate.server.processes import address_in, run_server

COUNT = 20_000
#: So many of them are of 12 megapixels, as a telephone takes them.
LARGE = 300


def put_many(folder: Path) -> None:
    """Links to two files, of 1 kB and of some megabytes: quickly made, and as slow to read."""
    (folder / ".kept").mkdir()
    (folder / ".kept" / "small").write_bytes(jpeg())
    # Smooth, with some noise: about as many bytes as a real one of its size.
    draw = np.random.default_rng(0)
    smooth = Image.fromarray(draw.integers(0, 255, (30, 40, 3)).astype(np.uint8))
    large = np.asarray(smooth.resize((4000, 3000), Image.Resampling.BICUBIC)).astype(np.int16)
    large += draw.integers(-6, 7, (3000, 4000, 1), np.int16)
    image = Image.fromarray(large.clip(0, 255).astype(np.uint8))
    image.save(folder / ".kept" / "large", "JPEG", quality=88)
    for number in range(COUNT):
        kind = "large" if number % (COUNT // LARGE) == 0 else "small"
        place = folder / f"session {number // 500}"
        place.mkdir(exist_ok=True)
        os.link(folder / ".kept" / kind, place / f"IMG_{number:05d}.jpg")


def memory_of(process: int) -> float:
    """Megabytes that a process holds, and has held at most."""
    status = Path(f"/proc/{process}/status").read_text()
    return max(int(line.split()[1]) / 1000 for line in status.splitlines() if "VmHWM" in line)


@pytest.mark.slow
def test_20_000_photographs(tmp_path: Path) -> None:
    put_many(tmp_path)
    figures: dict[str, float] = {"large_file_mb": (tmp_path / ".kept/large").stat().st_size / 1e6}
    for name in ("first_start_s", "start_s"):
        begun = time.perf_counter()
        with run_server(tmp_path, port=0) as process:
            try:
                assert process.stdout is not None
                address = address_in(process.stdout.readline())
                figures[name] = time.perf_counter() - begun
                with httpx.Client(base_url=address, timeout=60) as client:
                    figures.update(visit(client))
                figures["memory_mb"] = memory_of(process.pid)
            finally:
                process.kill()
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    assert figures["page_s"] + figures["list_s"] < 1
    assert figures["list_mb"] <= 2.1
    assert figures["next_median_s"] < 0.15
    assert figures["memory_mb"] < 300


def visit(client: httpx.Client) -> dict[str, float]:
    begun = time.perf_counter()
    client.get("/").raise_for_status()
    page = time.perf_counter()
    answer = client.get("/api/photographs")
    listed = time.perf_counter()
    found = answer.json()["photographs"]
    assert len(found) == COUNT
    numbers = [int(photo["path"][-9:-4]) for photo in found]
    assert numbers == list(range(COUNT))
    large = [photo["id"] for photo in found[:: COUNT // LARGE]][:LARGE]
    small = random.Random(1).sample([photo["id"] for photo in found], 200)
    seconds = []
    for photo in large[:100]:
        start = time.perf_counter()
        client.get(f"/api/photographs/{photo}").raise_for_status()
        client.get(f"/photographs/{photo}/image").raise_for_status()
        seconds.append(time.perf_counter() - start)
    shown = time.perf_counter()
    for photo in large[100:200] + small:
        client.get(f"/photographs/{photo}/thumbnail").raise_for_status()
    thumbnails = time.perf_counter() - shown
    for photo in large[200:] + small:
        client.get(f"/photographs/{photo}/image").raise_for_status()
    edit = time.perf_counter()
    for photo in small[:50]:
        base = client.get(f"/api/photographs/{photo}").json()["revision"]
        body = {"base": base, "action": "x", "label": {"no_hand": True}}
        client.put(f"/api/photographs/{photo}/label", json=body).raise_for_status()
    return {
        "page_s": page - begun,
        "list_s": listed - page,
        "list_mb": len(answer.content) / 1e6,
        "next_median_s": sorted(seconds)[50],
        "next_most_s": max(seconds),
        "thumbnail_s": thumbnails / 300,
        "edit_s": (time.perf_counter() - edit) / 50,
    }
