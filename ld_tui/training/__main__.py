"""Train what ships: `python -m ld_tui.training all` goes from nothing to the weights.

    labels      what each function is worth in states as they occur in play
    programs    thousands of composed functions, valued in the same states
    written     functions as the composer writes them in changed worlds
    retriever   the embedding model, into ld_tui/models/retriever/
    tokenizer   the S-LLM's vocabulary
    selector    the S-LLM, measured and exported to ld_tui/models/selector/
    kd          the KD baseline, taught moves, measured and exported to ld_tui/models/kd/
    curves      how losses fell and held-out figures rose, drawn to docs/plots/

Beside these, `export --format chat-jsonl` writes the labels as prompts and answers, to fine-tune
a model of your own with.

Needs the extra `[train]`. Each step reads what those before it wrote, and can be run alone.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from ld_tui import paths
from ld_tui.errors import LdTuiError, UsageError
from ld_tui.functionbase.store import FunctionBase, load
from ld_tui.tablebase.tables import Tables
from ld_tui.training.composed import Composed
from ld_tui.training.labels import Labels, read_labels, write_labels
from ld_tui.training.teacher import make_labels
from ld_tui.training.written import Written, write_functions

_PARTS = {("blue", "plan"): 1, ("blue", "move"): 4, ("orange", "plan"): 3, ("orange", "move"): 4}
"""By what the number of programs is divided for a stage: there are as many different ones of
blue's plans, far fewer of orange's that are for some states only."""

FOLDER = (paths.checkout() or Path.cwd()) / ".training"


def main(argv: Sequence[str]) -> int:
    """Run one step, or all; return the exit status."""
    steps: dict[str, Callable[[argparse.Namespace], None]] = {
        "labels": _labels,
        "programs": _programs,
        "written": _write,
        "retriever": _retriever,
        "tokenizer": _tokenizer,
        "selector": _selector,
        "kd": _kd,
        "curves": _curves,
    }
    parser = argparse.ArgumentParser(
        prog="python -m ld_tui.training",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("step", choices=(*steps, "all", "export"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="default: .training")
    parser.add_argument(
        "--models", type=Path, default=paths.MODELS, help="where weights go; default: those shipped"
    )
    parser.add_argument("--blue", type=int, default=24_000, help="labeled states, blue to move")
    parser.add_argument("--orange", type=int, default=12_000, help="... and orange to move")
    parser.add_argument("--programs", type=int, default=6000, help="composed for blue's plan")
    parser.add_argument("--valued", type=int, default=3000, help="states they are valued in")
    parser.add_argument("--worlds", type=int, default=600, help="in which the composer writes")
    parser.add_argument(
        "--steps",
        type=int,
        default=4500,
        help="of the S-LLM's first cycle; the second has a third as many",
    )
    parser.add_argument("--width", type=int, default=96, help="of the S-LLM, a multiple of 32")
    parser.add_argument("--layers", type=int, default=4, help="of the S-LLM")
    parser.add_argument("--kd-steps", type=int, default=1400, help="of KD's training")
    parser.add_argument("--device", help="as torch names it; default: a GPU where there is one")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--format", choices=("chat-jsonl",), default="chat-jsonl", help="of export")
    parser.add_argument("--out", type=Path, help="folder of export's files; default: FOLDER/chat")
    options = parser.parse_args(argv)
    try:
        if options.step == "export":
            _export(options)
            return 0
        for name, step in steps.items():
            if options.step in (name, "all"):
                began = time.monotonic()
                step(options)
                print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    except LdTuiError as error:
        print(f"training: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


def _base() -> FunctionBase:
    return load(paths.packaged_functionbase())


def _read(options: argparse.Namespace) -> list[Labels]:
    folder = options.folder / "labels"
    if not (folder / "labels.json").is_file():
        raise UsageError(f"{folder} has no labels; run `python -m ld_tui.training labels` first")
    return read_labels(folder)


def _labels(options: argparse.Namespace) -> None:
    tables = Tables(options.folder / "tables", capacity=8)
    counts = {"blue": options.blue, "orange": options.orange}
    chunks = options.folder / f"labels-{options.seed}"
    found = make_labels(_base(), tables, counts, options.seed, _say, chunks)
    write_labels(options.folder / "labels", found, options.seed)


def _programs(options: argparse.Namespace) -> None:
    from ld_tui.training.composed import compose, is_written, write_composed

    tables = Tables(options.folder / "tables", capacity=8)
    folder = options.folder / "programs"
    for labels in _read(options):
        count = options.programs // _PARTS[labels.side, labels.stage]
        what = f"{count} programs, {options.valued} states, seed {options.seed}"
        if is_written(folder, labels, what):
            _say(f"{labels.side} {labels.stage}: there already")
            continue
        found = compose(labels, tables, count, options.valued, options.seed, _say)
        write_composed(folder, labels, found, what)
        _say(f"{labels.side} {labels.stage}: {len(found.programs)} programs of {count}")


def _write(options: argparse.Namespace) -> None:
    _written(options)


def _written(options: argparse.Namespace) -> list[Written]:

    tables = Tables(options.folder / "tables", capacity=8)
    worlds = range(1, options.worlds + 1)
    return write_functions(_base(), tables, worlds, options.seed, options.folder / "written", _say)


def _place(options: argparse.Namespace, shipped: Path) -> Path:
    """Return where a model's weights go."""
    folder: Path = options.models
    return folder / shipped.relative_to(paths.MODELS)


def _composed(options: argparse.Namespace) -> list[Composed]:
    from ld_tui.training.composed import read_composed

    try:
        return [read_composed(options.folder / "programs", each) for each in _read(options)]
    except FileNotFoundError as error:
        raise UsageError(f"{error.filename} is missing; run the step `programs` first") from None


def _retriever(options: argparse.Namespace) -> None:
    from ld_tui.training.retriever import train_retriever

    train_retriever(
        _base(),
        _read(options),
        _place(options, paths.SHIPPED_EMBEDDER),
        options.seed,
        history=options.folder / "retriever-loss.jsonl",
    )


def _tokenizer(options: argparse.Namespace) -> None:
    from ld_tui.training.tokenizer import train_tokenizer

    train_tokenizer(
        _base(),
        _read(options),
        _composed(options),
        options.seed,
        options.folder / "tokenizer.model",
    )


def _export(options: argparse.Namespace) -> None:
    from ld_tui.training.chat import examples, export_chat

    labels = _read(options)
    is_composed = (options.folder / "programs").is_dir()
    composed = _composed(options) if is_composed else []
    folder = options.out or options.folder / "chat"
    found = export_chat(examples(_base(), labels, composed, options.seed), folder)
    _say(f"{folder}: {found[0]:,} examples to train on, {found[1]:,} held out")


def _choose_device(name: str | None) -> None:
    import torch

    torch.set_default_device(name or ("cuda" if torch.cuda.is_available() else "cpu"))


def _selector(options: argparse.Namespace) -> None:
    from ld_tui.training.ship import train_and_ship

    _choose_device(options.device)
    figures = train_and_ship(
        _base(),
        _read(options),
        _composed(options),
        _written(options),
        options.folder,
        _place(options, paths.SHIPPED_SELECTOR),
        _place(options, paths.SHIPPED_EMBEDDER),
        options.steps,
        options.seed,
        options.threads,
        options.width,
        options.layers,
    )
    print(json.dumps(figures, indent=2))


def _kd(options: argparse.Namespace) -> None:
    from ld_tui.training.kd_ship import train_and_ship

    _choose_device(options.device)
    found = train_and_ship(
        options.folder / "kd",
        Tables(options.folder / "tables", capacity=8),
        _place(options, paths.SHIPPED_KD),
        options.kd_steps,
        options.seed,
        options.threads,
    )
    print(json.dumps({side: asdict(each) for side, each in found.items()}, indent=2))


def _curves(options: argparse.Namespace) -> None:
    from ld_tui.training.curves import plot_history

    root = paths.checkout() or Path.cwd()
    for name in ("retriever", "selector", "kd"):
        history = options.folder / f"{name}-loss.jsonl"
        if history.is_file():
            plot_history(history, root / f"docs/plots/{name}-loss.svg")
            _say(f"docs/plots/{name}-loss.svg")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
