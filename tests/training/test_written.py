"""What the composer writes for training: the same for a seed, kept, true to the measure."""

from pathlib import Path

import numpy as np
import pytest

from ld_tui import paths
from ld_tui.authoring.admission import Desk
from ld_tui.authoring.measure import Measure
from ld_tui.functionbase.store import FunctionBase, load
from ld_tui.sandbox.run import Sandbox
from ld_tui.tablebase.tables import Tables
from ld_tui.training.written import Written, read_world, write_functions


@pytest.fixture(scope="module")
def base() -> FunctionBase:
    return load(paths.packaged_functionbase())


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return Tables(tmp_path_factory.mktemp("tables"))


@pytest.fixture(scope="module")
def found(
    base: FunctionBase, tables: Tables, tmp_path_factory: pytest.TempPathFactory
) -> list[Written]:
    return write_functions(base, tables, [2], 1, tmp_path_factory.mktemp("written"))


def test_both_stages_of_a_world_have_functions(found: list[Written], base: FunctionBase) -> None:
    assert [each.stage for each in found] == ["plan", "move"]
    for each in found:
        assert len(set(each.programs)) == 2
        count = len(base.manuals_of(each.side, each.stage)) + 2
        assert each.lost.shape == (len(each.positions), count)
        assert all(position.changes for position in each.positions)
        assert (each.lost >= 0).all()


def test_losses_are_those_of_the_measure(
    found: list[Written], base: FunctionBase, tables: Tables
) -> None:
    move = found[1]
    stages = base.stages_of(move.side)
    with Sandbox() as sandbox:
        desk = Desk(base, sandbox, tables.for_world)
        measure = Measure(
            stages[1], move.positions, sandbox, (), stages[0], desk.table_of, 0, move.previous
        )
        again = measure.of_program(move.programs[0])
    np.testing.assert_allclose(move.lost[:, -2], again, atol=0.001)


def test_a_run_goes_on_and_gives_the_same(
    base: FunctionBase, tables: Tables, tmp_path: Path
) -> None:
    first = write_functions(base, tables, [2], 1, tmp_path)
    kept = next(tmp_path.iterdir())
    before = kept.stat().st_mtime_ns
    again = write_functions(base, tables, [2], 1, tmp_path)
    assert kept.stat().st_mtime_ns == before
    assert [each.positions for each in again] == [each.positions for each in first]
    assert [each.programs for each in read_world(kept)] == [each.programs for each in first]
