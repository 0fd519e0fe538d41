"""`hand-annotate`: the command line. Errors are a line on stderr; 2 for bad input, 1 otherwise."""

from __future__ import annotations

import getpass
import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from tqdm import tqdm

from synth.console import BAD_INPUT, errors_as_lines, fail, interruptible, new_app
from synth.errors import UserError

if TYPE_CHECKING:
    from annotate.documents import Gathered
    from annotate.store.types import Store
    from synth.scene import Split

PROGRAM = "hand-annotate"

app = new_app(PROGRAM, "Label photographs of hands in a browser, with the tracker's help.")

FolderArgument = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Holds the photographs, at any depth.")
]
LabelsOption = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        metavar="FILE.sqlite",
        help="The pass: where the labels are. [default: FOLDER/annotations.sqlite]",
    ),
]
SplitsOption = Annotated[
    str, typer.Option(metavar="TRAIN,VAL,TEST", help="Shares of the splits, where there are any.")
]
BlockOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        help="Part sequences of more than N photographs into blocks, which may differ in split.",
    ),
]
SeedOption = Annotated[int, typer.Option(min=0, help="Of all that is drawn.")]
AuthorOption = Annotated[
    str | None, typer.Option(help="Who labels, for the history. [default: the user's name]")
]
OutputOption = Annotated[
    Path, typer.Option("--output", "-o", metavar="PATH", help="What is written.")
]
FormatOption = Annotated[
    str, typer.Option("--format", "-f", metavar="coco|cvat|label-studio|shards")
]


def main() -> None:
    """Entry point of the console script."""
    with errors_as_lines(PROGRAM):
        app()


@app.command()
def serve(
    folder: FolderArgument,
    labels: LabelsOption = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8765,
    host: Annotated[
        str, typer.Option(help="Address to listen on; any but a loopback one asks for a token.")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    author: AuthorOption = None,
    compare: Annotated[
        Path | None,
        typer.Option(metavar="FILE.sqlite", help="Another pass over the folder, shown beside."),
    ] = None,
) -> None:
    """Open a page on which photographs are labelled. Every edit is saved as it is made."""
    try:
        from annotate.server.run import serve as run
    except ModuleNotFoundError as error:
        raise UserError(
            f"serve needs the package {error.name}: pip install 'handsynth[annotate]'"
        ) from None
    run(folder, labels, host, port, author or _user(), compare, browser)


@app.command()
def prelabel(
    folder: FolderArgument,
    labels: LabelsOption = None,
    model: Annotated[
        str, typer.Option(metavar="light|full|heavy", help="Packaged landmark model.")
    ] = "full",
    num_hands: Annotated[int, typer.Option(min=1, max=32, help="Most hands a photograph.")] = 2,
    again: Annotated[
        bool, typer.Option("--again", help="Ask also where the tracker was asked before.")
    ] = False,
    sequence: Annotated[
        bool,
        typer.Option(
            "--sequence", help="Between two confirmed frames of a sequence interpolate instead."
        ),
    ] = False,
) -> None:
    """Let the tracker label what no person has labelled, for a person to correct."""
    from annotate.interpolate_folder import interpolate_folder
    from annotate.prelabel import load_prelabeller
    from annotate.prelabel_folder import prelabel_folder

    with _store(folder, labels) as store:
        if sequence:
            _say(f"{folder}: {interpolate_folder(store)} photographs interpolated")
        ask, source = load_prelabeller(model, num_hands)
        with (
            interruptible(PROGRAM, "stopped: the same command goes on"),
            tqdm(total=len(store.places), unit="photograph", dynamic_ncols=True) as bar,
        ):
            counts = prelabel_folder(store, ask, source, again, lambda _: bar.update(1))
    _say(
        f"{folder}: {source} looked at {counts.looked} photographs, found {counts.hands} hands in"
        f" {counts.with_hands} of them and is unsure of {counts.unsure}; {counts.left} left alone,"
        f" {counts.unreadable} unreadable"
    )


@app.command()
def export(
    folder: FolderArgument,
    output: OutputOption,
    format_: FormatOption,
    labels: LabelsOption = None,
    splits: SplitsOption = "0.8,0.1,0.1",
    block: BlockOption = None,
    seed: SeedOption = 0,
    prefix: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="label-studio: what stands before each path, such as /data/local-files/?d=FOLDER/",
        ),
    ] = "",
) -> None:
    """Write the labels in a format that other tools, or the trainer, read."""
    from annotate.formats.label_studio import write_label_studio
    from annotate.formats.shards import LOSSES, write_shards
    from annotate.formats.text_files import write_text
    from annotate.formats.texts import text_format
    from annotate.store.opening import store_file

    if prefix and format_ != "label-studio":
        raise UserError("--prefix: is for --format label-studio only")
    gathered = _gathered(folder, labels)
    document = gathered.document
    if format_ == "shards":
        shares = _shares(splits)
        with (
            interruptible(PROGRAM, "stopped: nothing is written"),
            tqdm(unit="photograph", dynamic_ncols=True) as bar,
        ):
            dataset = write_shards(
                document,
                folder,
                output,
                shares=shares,
                seed=seed,
                paths=gathered.paths,
                block=block,
                tick=bar.update,
            )
        counts = ", ".join(f"{split} {n['samples']}" for split, n in dataset.counts().items())
        _say(f"{output}: photographs: {counts}. {LOSSES}")
    else:
        text = text_format(format_)
        written = write_label_studio(document, prefix) if prefix else text.write(document)
        beside = write_text(output, written, text.setup, store_file(folder, labels))
        _say(f"{output}: {len(document.photographs)} photographs. {text.losses}")
        if beside is not None:
            _say(beside)
    _say_left_out(gathered)


@app.command("import")
def import_(
    folder: FolderArgument,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="What another tool wrote.")],
    format_: FormatOption,
    labels: LabelsOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also where there are labels already.")
    ] = False,
    done: Annotated[
        bool,
        typer.Option(
            "--done", help="Take photographs with hands as done: somebody has checked them all."
        ),
    ] = False,
    author: AuthorOption = None,
) -> None:
    """Take labels from a file, as revisions that can be undone."""
    from annotate.documents import import_document
    from annotate.formats.shards import read_shards
    from annotate.formats.texts import text_format

    if format_ == "shards":
        document = read_shards(source)
    else:
        text = text_format(format_)
        try:
            data = source.read_bytes()
        except OSError as error:
            raise UserError(
                f"{source}: cannot be read ({error.strerror}): name a file that another tool wrote"
            ) from None
        document = text.read(data, str(source))
    with _store(folder, labels) as store:
        counts = import_document(store, document, author or _user(), replace, done)
    if counts.taken + counts.same == 0:
        fail(PROGRAM, f"{folder}: nothing is taken of {source}: {counts}", BAD_INPUT)
    _say(f"{folder}: {counts}")


@app.command()
def crops(
    folder: FolderArgument,
    output: OutputOption,
    labels: LabelsOption = None,
    negatives: Annotated[
        int, typer.Option(min=0, max=100, help="Crops without a hand, a photograph.")
    ] = 2,
    splits: SplitsOption = "0.8,0.1,0.1",
    block: BlockOption = None,
    seed: SeedOption = 0,
) -> None:
    """Cut out the sets that teach presence and handedness: hands, and places without one."""
    from annotate.crops import write_crops

    if output.resolve().is_relative_to(folder.resolve()):
        raise UserError(
            f"{output}: is in {folder}, where crops would count as photographs: name another folder"
        )
    gathered = _gathered(folder, labels)
    written = write_crops(
        gathered.document,
        folder,
        output,
        negatives,
        seed,
        shares=_shares(splits),
        paths=gathered.paths,
        block=block,
    )
    _say(f"{output}: {written}")
    _say_left_out(gathered)


@app.command()
def agreement(
    first: Annotated[Path, typer.Argument(metavar="A.sqlite", help="A pass over a folder.")],
    second: Annotated[Path, typer.Argument(metavar="B.sqlite", help="Another one.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    worst: Annotated[int, typer.Option(min=0, help="Photographs listed.")] = 10,
) -> None:
    """Compare what two people, or two passes, say of the same photographs."""
    from annotate.agreement import compare, table
    from annotate.store.opening import read_labels

    a, b = ({path: label for path, (_, label) in read_labels(f).items()} for f in (first, second))
    found = compare(a, b)
    print(json.dumps(found.to_dict()) if as_json else table(found, worst))


def _store(folder: Path, labels: Path | None) -> AbstractContextManager[Store]:
    from annotate.store.opening import open_store, opened

    return opened(open_store(folder, labels))


def _gathered(folder: Path, labels: Path | None) -> Gathered:
    from annotate.documents import document_of
    from annotate.store.opening import opened, read_store

    with opened(read_store(folder, labels)) as store:
        return document_of(store)


def _say_left_out(gathered: Gathered) -> None:
    if line := gathered.left_out():
        _say(line)


def _shares(text: str) -> dict[Split, float]:
    try:
        train, val, test = map(float, text.split(","))
    except ValueError:
        raise UserError(f"--splits: {text!r} must be three numbers, such as 0.8,0.1,0.1") from None
    shares: dict[Split, float] = {"train": train, "val": val, "test": test}
    if min(shares.values()) < 0 or abs(sum(shares.values()) - 1) > 1e-6:
        raise UserError(f"--splits: {text!r} must be shares that sum to 1")
    return shares


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no name for this number
        return "person"


def _say(line: str) -> None:
    print(line)


if __name__ == "__main__":
    main()
