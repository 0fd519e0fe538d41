"""`hand-synth` with a fake renderer, as a program of its own: `python -m tests.synth.drive …`.

The first argument names the function of tests.synth.fake_renderer that renders.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from synth import cli
from synth.engine import options
from synth.engine.job import EngineSettings
from tests.synth.fake_renderer import PLANNER

if __name__ == "__main__":
    renderer = f"tests.synth.fake_renderer:{sys.argv.pop(1)}"
    settings = options.settings_of

    def fake_settings(workers: int | None, device: str) -> EngineSettings:
        return replace(
            settings(workers, device), planner=PLANNER, renderer=renderer, preparation=None
        )

    for module in (cli, options):
        module.settings_of = fake_settings
    cli.main()
