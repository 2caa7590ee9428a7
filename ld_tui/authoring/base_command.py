"""The `author` command: build a base, progress on stderr, a line for each function on stdout."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from ld_tui import paths
from ld_tui.arena.resources import Resources
from ld_tui.authoring.base import Filed, News, Order, Refused, Tools, Working, compose
from ld_tui.authoring.trial import reader_of
from ld_tui.errors import UsageError
from ld_tui.functionbase.store import load
from ld_tui.game.maps import DEFAULT_SIZE, Map, map_of_size, read_map


def author_command(
    map_name: str | None,
    rules: Path | None,
    size: int | None,
    into: Path,
    by: str,
    seed: int,
    functionbase: Path | None = None,
) -> int:
    """Build a base for a map; 1 where a stage didn't get all its functions.

    Raises UsageError where there is no such map, and what the author raises.
    """
    board = board_of(map_name, rules, size)
    order = Order(board, into, load(functionbase or paths.functionbase_dir()), seed)
    resources = Resources()
    with contextlib.closing(resources):
        reader = reader_of(resources) if by == "composer" else None
        tools = Tools(resources.sandbox(), resources.table_of, reader)
        return _tell(order, _news(order, by, tools))


def board_of(map_name: str | None, rules: Path | None, size: int | None) -> Map:
    """Return the map that is named, or that a file holds. Raises UsageError, RulesError."""
    if rules is not None:
        return map_of_size(rules, size)
    if map_name is None:
        raise UsageError("name a map, or a file of rules")
    return read_map(map_name, size or DEFAULT_SIZE)


def _news(order: Order, by: str, tools: Tools) -> Iterator[News]:
    if by == "composer":
        return compose(order, tools)
    from ld_tui.authoring.base_writer import ask_for_base
    from ld_tui.llm.endpoint import endpoint_from_environment

    return ask_for_base(order, tools, endpoint_from_environment())


def _tell(order: Order, news: Iterator[News]) -> int:
    out, errors = Console(soft_wrap=True), Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
    )
    done = {(stage.side, stage.name): 0 for stage in order.stages}
    with bar:
        tasks: dict[str, TaskID] = {}
        for each in news:
            place = f"{each.stage.side}/{each.stage.name}"
            if place not in tasks:
                tasks[place] = bar.add_task(place, total=1.0)
            match each:
                case Working():
                    what = f"{place}: {each.what[:40]}"
                    bar.update(tasks[place], completed=each.part, description=what)
                case Filed():
                    done[each.stage.side, each.stage.name] += 1
                    how = "" if each.is_new else ", kept"
                    line = (
                        f"{place}/{each.name}  best in {each.best:.0%}, alone in {each.alone:.0%}"
                    )
                    out.print(line + how, markup=False, highlight=False)
                    bar.update(tasks[place], completed=1.0, description=place)
                case Refused():
                    line = f"{place}/{each.name}: {each.reason}"
                    errors.print(line, markup=False, highlight=False)
    short = [
        f"{stage.side}/{stage.name} has {found} of {order.count(stage)} functions"
        for stage in order.stages
        if (found := done[stage.side, stage.name]) < order.count(stage)
    ]
    for line in short:
        errors.print(f"{line}; run the command again, or with another --seed", highlight=False)
    return 1 if short else 0
