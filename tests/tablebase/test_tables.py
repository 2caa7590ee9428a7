"""Tables in memory and on disk: kept, found again, never trusted when broken."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from ld_tui.errors import TablebaseError
from ld_tui.game.board import Cell
from ld_tui.game.notation import parse_position
from ld_tui.game.rules import Rules
from ld_tui.tablebase.solve import solve
from ld_tui.tablebase.store import prune, read_table, table_path, write_table
from ld_tui.tablebase.table import Table
from ld_tui.tablebase.tables import Tables
from ld_tui.tablebase.world import World

RULES = Rules(size=6, closed=frozenset({Cell(1, 2), Cell(4, 4)}))
WORLD = World.of_rules(RULES)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Return the file of a solved world."""
    Tables(tmp_path).for_rules(RULES)
    return table_path(tmp_path, WORLD)


def solutions(folder: Path) -> tuple[Table, int]:
    """Return the world's table by a fresh session, and how often it reported progress."""
    reports: list[float] = []
    return Tables(folder, reports.append).for_world(WORLD), len(reports)


def test_a_table_kept_is_read_back_without_solving(kept: Path) -> None:
    table, reports = solutions(kept.parent)
    assert reports == 0
    assert np.array_equal(table.values, solve(WORLD))


def test_a_table_is_solved_once_in_a_session_without_a_disk() -> None:
    reports: list[float] = []
    tables = Tables(progress=reports.append)
    table = tables.for_rules(RULES)
    count = len(reports)
    assert tables.for_rules(RULES) is table
    assert len(reports) == count > 0


def test_the_least_recently_used_table_leaves_memory() -> None:
    tables = Tables(capacity=2)
    small, hole = Rules(size=6), Rules(size=6, closed=frozenset({Cell(0, 0)}))
    first, second = tables.for_rules(small), tables.for_rules(hole)
    assert tables.for_rules(small) is first
    tables.for_rules(RULES)
    assert tables.for_rules(small) is first
    assert tables.for_rules(hole) is not second


def _header(**changes: object):
    def spoil(data: bytes) -> bytes:
        line, _, payload = data.partition(b"\n")
        return json.dumps(json.loads(line) | changes).encode() + b"\n" + payload

    return spoil


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(lambda data: b"", "no header", id="empty"),
        pytest.param(lambda data: b"\xff\x00" * 50, "no header", id="garbage"),
        pytest.param(lambda data: b"[1]\n", "no header", id="another header"),
        pytest.param(lambda data: data[:-100], "damaged", id="cut short"),
        pytest.param(lambda data: data + b"x", "damaged", id="too long"),
        pytest.param(
            lambda data: data[:-9] + bytes([data[-9] ^ 4]) + data[-8:], "damaged", id="a bit"
        ),
        pytest.param(_header(format=99), "format 99, not 1", id="newer format"),
        pytest.param(_header(world="6 2 1 closed: stuck:"), "another world", id="other world"),
    ],
)
def test_a_broken_file_is_refused_solved_again_and_replaced(kept: Path, spoil, message) -> None:
    good = kept.read_bytes()
    kept.write_bytes(spoil(good))
    with pytest.raises(TablebaseError, match=message) as caught:
        read_table(kept, WORLD)
    assert "\n" not in str(caught.value)
    table, reports = solutions(kept.parent)
    assert reports > 0
    assert np.array_equal(table.values, solve(WORLD))
    assert kept.read_bytes() == good


def test_a_table_of_the_wrong_shape_is_refused(kept: Path) -> None:
    small = World.of_rules(Rules(size=6))
    values = solve(small)
    with pytest.raises(TablebaseError, match="no table for"):
        Table(WORLD, values)
    fake = Table(small, values)
    fake.world = WORLD
    write_table(kept, fake)
    with pytest.raises(TablebaseError):
        read_table(kept, WORLD)


def test_a_disk_that_refuses_leaves_one_line_and_the_table(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    tables = Tables(tmp_path / "file")
    assert tables.for_rules(RULES).values.size == WORLD.entries
    assert tables.notice is not None
    assert "could not be kept" in tables.notice


def test_only_the_tables_used_last_stay_on_disk(tmp_path: Path) -> None:
    for name, used in (("old", 1), ("new", 3), ("middle", 2)):
        path = tmp_path / f"{name}.ldtable"
        path.write_bytes(b"")
        os.utime(path, (0, used))
    prune(tmp_path, keep=2)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["middle", "new"]


def test_a_world_is_told_by_all_that_values_depend_on_and_no_more() -> None:
    texts = [
        "6 a1,b3,c5 f2 b 0 0,0 -",
        "7 a1,b3,c5 f2 b 0 0,0 -",
        "6 a1,b3,c5 f2 b 0 0,0 roadblock:d4",
        "6 a1,b3,c5 f2 b 0 0,0 jam:1",
        "6 a1,b3,c5 f2 b 0 0,0 jam:2",
        "6 a1,b3,c5 f2 b 0 0,0 jam:1;jam:2",
    ]
    worlds = [World.of(parse_position(text)) for text in texts]
    assert len({world.digest for world in worlds}) == len(set(worlds)) == len(texts)
    same = World.of(parse_position("6 b3,a1,c6 e2 o 7 1,2 jam:2@9"))
    assert same == worlds[3]


def test_frozen_dots_need_their_open_cells() -> None:
    rules = Rules(size=6, closed=frozenset({Cell(0, 0)}), frozen=frozenset({0}))
    with pytest.raises(TablebaseError, match="1 blue dots are frozen, but 0"):
        World.of_rules(rules)
    with pytest.raises(TablebaseError, match="a1, no open cell"):
        World.of_rules(rules, [Cell(0, 0)])
