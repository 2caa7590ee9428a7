"""Composed programs are kept with what they were made of, and valued by the rules in force."""

from pathlib import Path

import numpy as np
import pytest

from ld_tui.authoring.judge import Judge
from ld_tui.authoring.space import Program
from ld_tui.tablebase.solve import NEVER
from ld_tui.tablebase.tables import Tables
from ld_tui.training.composed import (
    COMBINATION,
    NEW_STRUCTURES,
    STRUCTURE,
    Composed,
    _punished,
    compose,
    is_written,
    read_composed,
    write_composed,
)
from ld_tui.training.labels import Labels, read_labels

SAMPLE = Path(__file__).parent / "sample"


@pytest.fixture(scope="module")
def labels() -> dict[tuple[str, str], Labels]:
    return {(each.side, each.stage): each for each in read_labels(SAMPLE / "labels")}


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables(capacity=100)


@pytest.fixture(scope="module")
def moves(labels: dict[tuple[str, str], Labels], tables: Tables) -> Composed:
    return compose(labels["blue", "move"], tables, programs=40, states=400, seed=1)


def test_a_file_is_gone_on_from_only_where_it_is_of_the_same_making(
    labels: dict[tuple[str, str], Labels], moves: Composed, tmp_path: Path
) -> None:
    own = labels["blue", "move"]
    assert not is_written(tmp_path, own, "seed 1")
    write_composed(tmp_path, own, moves, "seed 1")
    assert is_written(tmp_path, own, "seed 1")
    assert not is_written(tmp_path, own, "seed 2")
    read = read_composed(tmp_path, own)
    assert read.programs == moves.programs
    assert (read.values == moves.values).all()
    assert (read.rows == moves.rows).all()


def test_every_program_of_some_structures_is_held_out_and_some_of_the_others(
    labels: dict[tuple[str, str], Labels], tables: Tables
) -> None:
    for (side, stage), own in labels.items():
        found = compose(own, tables, programs=150, states=60, seed=1)
        new = [each.structure in NEW_STRUCTURES[side, stage] for each in found.programs]
        assert any(new)
        assert ((found.kinds == STRUCTURE) == new).all()
        assert (found.kinds == COMBINATION).sum() == (~np.array(new)).sum() // 10
        assert any(program.is_narrow for program in found.programs)
        assert not all(program.is_narrow for program in found.programs)


def test_some_programs_look_at_the_rules_and_some_states_are_under_changed_ones(
    labels: dict[tuple[str, str], Labels], moves: Composed
) -> None:
    assert {program.aware for program in moves.programs} == {False, True}
    texts = [str(labels["blue", "move"].positions[row]) for row in moves.rows]
    assert {text.endswith(" -") for text in texts} == {False, True}


def test_what_looks_at_the_rules_is_legal_and_what_does_not_may_not_be(
    labels: dict[tuple[str, str], Labels], moves: Composed, tables: Tables
) -> None:
    own = labels["blue", "move"]
    previous = own.previous[moves.rows].astype(np.int64)
    positions = [own.position(int(row)) for row in moves.rows]
    judge = Judge(own.side, own.stage, positions, previous, tables.for_world)
    way = ("target", "inner", "given")
    plain = Program("blue", "move", "", way)
    aware = Program("blue", "move", "", way, aware=True)
    (one, legal), (other, always) = judge.values(plain), judge.values(aware)
    changed = np.array([not str(own.positions[row]).endswith(" -") for row in moves.rows])
    assert always.all()
    assert legal[~changed].all()
    assert not legal[changed].all()
    assert (one[~changed] == other[~changed]).all()


def test_an_illegal_move_is_worse_than_every_legal_one() -> None:
    values = np.array([[3, 9, 5], [NEVER, 4, NEVER]], dtype=np.uint8)
    legal = np.array([[True, True, False], [True, True, False]])
    blue = _punished(values, legal, "blue")
    assert blue[0].tolist() == [3, 9, 11]
    assert blue[1, 2] > blue[1, 0] > blue[1, 1]
    orange = _punished(values, legal, "orange")
    assert orange[0].tolist() == [3, 9, 1]
    assert orange[1, 2] < orange[1, 1] < orange[1, 0]
