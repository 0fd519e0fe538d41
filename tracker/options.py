"""Options that several commands of `hand-tracker` have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SplitOption = Annotated[str, typer.Option(metavar="train|val|test", help="Of the dataset.")]
ModelOption = Annotated[
    str, typer.Option(metavar="light|full|heavy", help="Packaged landmark model.")
]
PalmModelOption = Annotated[
    Path | None, typer.Option(metavar="ONNX", help="Palm model in place of the packaged one.")
]
LandmarkModelOption = Annotated[
    Path | None, typer.Option(metavar="ONNX", help="Landmark model in place of the packaged one.")
]
SmallHandsOption = Annotated[
    bool, typer.Option(help="Look closely for small hands while some are missing.")
]
DeviceOption = Annotated[str, typer.Option(metavar="auto|cpu|cuda", help="Where to compute.")]
