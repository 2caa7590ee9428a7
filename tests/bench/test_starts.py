"""The benchmark's starts: always the same 200, and none that training has seen."""

from pathlib import Path

import numpy as np
import pytest

from ld_tui import paths
from ld_tui.bench import starts as bench
from ld_tui.bench.starts import FILE, benchmark_starts, board_class, labeled_states, overlap
from ld_tui.errors import UsageError
from ld_tui.functionbase.store import load
from ld_tui.game.notation import parse_position
from ld_tui.game.rules import Rules, Side, is_captured
from ld_tui.game.starts import starts
from ld_tui.tablebase.tables import Tables
from ld_tui.training.labels import write_labels
from ld_tui.training.teacher import make_labels


def test_there_are_200_different_boards_with_blue_to_move() -> None:
    found = benchmark_starts()
    assert len(found) == len({board_class(start) for start in found}) == 200
    assert {(start.base.size, start.to_move, start.steps) for start in found} == {
        (10, Side.BLUE, 0)
    }
    assert not any(is_captured(start) for start in found)


def test_the_file_is_what_its_seed_gives() -> None:
    found = starts(bench.COUNT, bench.SEED, Rules(size=bench.SIZE))
    assert FILE.read_text(encoding="utf-8") == bench.text_of(found)


def test_fewer_games_are_the_first_of_the_same_starts() -> None:
    assert benchmark_starts(3) == benchmark_starts()[:3]
    with pytest.raises(UsageError, match="--games goes from 1 to 200"):
        benchmark_starts(201)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("10 a1,c4,h8 f5 b 0 0,0 -", True),
        ("10 h8,a1,c4 f5 o 7 1,2 -", True),
        ("10 a1,d3,h8 e6 b 0 0,0 -", True),
        ("10 j1,h4,c8 e5 b 0 0,0 -", True),
        ("10 a10,c7,h3 f6 b 0 0,0 -", True),
        ("10 a1,c4,f5 h8 b 0 0,0 -", False),
        ("10 a1,c4,h8 f6 b 0 0,0 -", False),
        ("9 a1,c4,h8 f5 b 0 0,0 -", False),
    ],
    ids=["itself", "later", "transposed", "mirrored", "upside down", "roles", "moved", "smaller"],
)
def test_boards_are_the_same_whichever_way_they_are_turned(other: str, same: bool) -> None:
    start = parse_position("10 a1,c4,h8 f5 b 0 0,0 -")
    assert overlap([start], [parse_position(other)]) == [start][: int(same)]


def test_starts_that_training_has_seen_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = FILE.read_bytes()
    with pytest.raises(UsageError, match="no labels in it"):
        labeled_states(tmp_path)
    seen = "10 c2,c7,h4 a1 b 0 0,0 -"
    np.savez(tmp_path / "blue-plan.npz", positions=np.array([seen]))
    assert bench.main(["--against", str(tmp_path)]) == 1
    assert "1 of the starts are among the labels: 10 c7,c2,h4 a1" in capsys.readouterr().err
    assert FILE.read_bytes() == before


@pytest.mark.slow
def test_no_start_is_among_the_first_states_of_training(tmp_path: Path) -> None:
    base = load(paths.packaged_functionbase())
    counts = {"blue": 500, "orange": 250}
    found = make_labels(base, Tables(tmp_path / "tables"), counts, seed=1)
    write_labels(tmp_path, found, 1)
    states = labeled_states(tmp_path)
    assert len(states) >= 750
    assert overlap(benchmark_starts(), states) == []
