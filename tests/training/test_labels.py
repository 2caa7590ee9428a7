"""Teacher labels: true to the tablebase, the same for a seed, kept as written."""

import random
from pathlib import Path

import numpy as np
import pytest

from ld_tui import paths
from ld_tui.arena.match import read_starts
from ld_tui.arena.pursuit import function_state
from ld_tui.functionbase.store import FunctionBase, load
from ld_tui.game.board import Cell
from ld_tui.game.rules import Move, Rules, illegality, play
from ld_tui.sandbox.run import Ran, Sandbox
from ld_tui.tablebase.tables import Tables
from ld_tui.training import teacher as module
from ld_tui.training.labels import Labels, read_labels, write_labels
from ld_tui.training.taboo import benchmark_boards, is_benchmark
from ld_tui.training.teacher import changed_start, compile_functions, make_labels

COUNTS = {"blue": 20, "orange": 16}


@pytest.fixture(scope="module")
def base() -> FunctionBase:
    return load(paths.packaged_functionbase())


@pytest.fixture(scope="module")
def found(base: FunctionBase) -> list[Labels]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SIZES", ((6, 0.5), (7, 0.5)))
        patch.setattr(module, "CHANGED", 0.0)
        patch.setattr(module, "CHUNK", 5)
        return make_labels(base, Tables(), COUNTS, seed=5)


def test_every_stage_has_its_states(found: list[Labels], base: FunctionBase) -> None:
    assert [(each.side, each.stage) for each in found] == [
        (stage.side, stage.name) for stage in base.stages
    ]
    assert [len(each.positions) for each in found if each.stage == "plan"] == [20, 16]
    for each in found:
        assert each.values.shape == (len(each.positions), len(each.names))


def test_values_are_those_of_the_sandboxed_functions(
    found: list[Labels], base: FunctionBase
) -> None:
    """Two interpreters and two ways to the value agree."""
    tables = Tables()
    with Sandbox() as sandbox:
        for each in (label for label in found if label.stage == "move"):
            for row in range(0, len(each.positions), 4):
                position = each.position(row)
                table = tables.for_rules(Rules(size=position.base.size))
                worth = {one.move: one.value for one in table.analysis(position).moves}
                for name, value in zip(each.names, each.values[row], strict=True):
                    manual = base.get(name)
                    assert manual is not None
                    arguments = (function_state(position, 0), each.plain_previous(row))
                    outcome = sandbox.run(name, manual.source, arguments)
                    assert isinstance(outcome, Ran), outcome
                    cells = tuple(Cell(*cell) for cell in outcome.value)
                    move = Move(position.dots(position.to_move), cells)
                    play(position, move)
                    assert worth[move] == value


def test_regret_is_zero_for_the_best_and_counts_for_each_side(found: list[Labels]) -> None:
    for each in found:
        assert (each.regrets.min(axis=1) == 0).all()
        best = each.values.min(axis=1) if each.side == "blue" else each.values.max(axis=1)
        rows, columns = np.nonzero(each.regrets == 0)
        assert (each.values[rows, columns] == best[rows]).all()


def test_the_same_seed_gives_the_same_labels(base: FunctionBase, found: list[Labels]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SIZES", ((6, 0.5), (7, 0.5)))
        patch.setattr(module, "CHANGED", 0.0)
        patch.setattr(module, "CHUNK", 5)
        again = make_labels(base, Tables(), COUNTS, seed=5)
    for one, other in zip(found, again, strict=True):
        assert (one.positions == other.positions).all()
        assert (one.values == other.values).all()


def test_labels_read_back_as_written(found: list[Labels], tmp_path: Path) -> None:
    write_labels(tmp_path, found, seed=5)
    for one, other in zip(found, read_labels(tmp_path), strict=True):
        assert (one.side, one.stage, one.names) == (other.side, other.stage, other.names)
        for key in ("positions", "previous", "values", "games"):
            assert (getattr(one, key) == getattr(other, key)).all()


def test_no_board_is_both_trained_on_and_held_out(found: list[Labels]) -> None:
    for each in found:
        boards = [str(text).split(" ")[:4] for text in each.positions]
        assert {tuple(b) for b, out in zip(boards, each.held_out, strict=True) if out}.isdisjoint(
            tuple(b) for b, out in zip(boards, each.held_out, strict=True) if not out
        )


def test_an_illegal_choice_is_worse_than_every_legal_one(base: FunctionBase) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHANGED", 1.0)
        patch.setattr(module, "CHUNK", 8)
        found = make_labels(base, Tables(), {"blue": 60, "orange": 30}, seed=6)
    functions = compile_functions(base)
    seen = 0
    for each in (label for label in found if label.stage == "move"):
        for row in range(len(each.positions)):
            position = each.position(row)
            assert position.changes
            legal = np.array(
                [
                    illegality(
                        position,
                        Move(
                            position.dots(position.to_move),
                            tuple(
                                Cell(*cell)
                                for cell in functions[name](
                                    function_state(position, 0), each.plain_previous(row)
                                )
                            ),
                        ),
                    )
                    is None
                    for name in each.names
                ]
            )
            if legal.all() or not legal.any():
                continue
            seen += 1
            values = each.values[row].astype(int)
            if each.side == "blue":
                assert values[~legal].min() > values[legal].max()
            else:
                assert values[~legal].max() < max(2, values[legal].min())
    assert seen > 3


def test_no_label_is_a_board_that_benchmarks_start_from(base: FunctionBase) -> None:
    boards = benchmark_boards()
    for start in read_starts(paths.BENCHMARK_STARTS)[:5]:
        assert is_benchmark(start, boards)
    assert not is_benchmark(changed_start(random.Random(1)), boards)


def test_a_run_that_was_broken_off_goes_on_to_the_same_labels(
    base: FunctionBase, found: list[Labels], tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SIZES", ((6, 0.5), (7, 0.5)))
        patch.setattr(module, "CHANGED", 0.0)
        patch.setattr(module, "CHUNK", 5)
        make_labels(base, Tables(), {"blue": 2, "orange": 2}, seed=5, folder=tmp_path)
        kept = sorted(path.name for path in tmp_path.iterdir())
        again = make_labels(base, Tables(), COUNTS, seed=5, folder=tmp_path)
    assert kept
    assert len(list(tmp_path.iterdir())) > len(kept)
    for one, other in zip(found, again, strict=True):
        assert (one.positions == other.positions).all()
        assert (one.values == other.values).all()
