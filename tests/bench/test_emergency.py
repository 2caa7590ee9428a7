"""The emergency suite: the same games up to the emergency, counts that add up, honest lines."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ld_tui.arena.resources import Resources, Sources
from ld_tui.authoring.author import author_maker
from ld_tui.bench.emergency import (
    EmergencyOptions,
    emergency_command,
    known_kinds,
    play_all,
    summarize,
)
from ld_tui.bench.emergency_games import Struck, Task, play_struck
from ld_tui.bench.emergency_look import Pick
from ld_tui.bench.emergency_tables import sheets, write_files
from ld_tui.bench.paper import Outputs
from ld_tui.bench.plots import FORMATS
from ld_tui.errors import UsageError
from ld_tui.game.emergencies import KINDS

START = "8 a1,c4,h8 e5 b 0 0,0 -"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def resources(cache: Path) -> Iterator[Resources]:
    found = Resources(Sources(cache=cache, author=author_maker("composer")))
    yield found
    found.close()


def played(kind: str, author: str, resources: Resources) -> Struck:
    found = play_struck(Task(kind, author, 0, START, 5), 5, resources)
    assert found is not None
    return found


def test_with_an_author_functions_are_written_chosen_and_counted(resources: Resources) -> None:
    without, found = (played("storm", author, resources) for author in ("none", "composer"))
    assert without.par == found.par  # the same game up to the emergency
    assert (without.written, without.seconds, without.picks) == (0, 0.0, ())
    assert found.written >= 1
    assert found.seconds > 0
    assert found.picks
    assert {pick.stage for pick in found.picks} <= {"plan", "move"}
    for pick in found.picks:
        assert pick.best or not pick.alone
        assert (pick.follows is not None) == (pick.alone and pick.picked)
    assert 0 <= found.stale <= found.retrieved
    assert found.illegal <= without.illegal
    assert found.won


@pytest.mark.slow
def test_the_same_task_gives_the_same_game(resources: Resources) -> None:
    one, other = (played("jam", "composer", resources) for _ in range(2))
    one.seconds = other.seconds = 0.0
    assert one == other


def test_a_jam_passes_and_its_par_is_that_without_it(resources: Resources) -> None:
    found = played("jam", "composer", resources)
    assert found.par is not None
    assert found.steps >= found.par


def struck(kind: str, author: str, index: int, steps: int, *picks: Pick) -> Struck:
    task = Task(kind, author, index, START, index)
    return Struck(task, True, steps, 5, picks=picks, retrieved=10, stale=5, illegal=steps - 5)


def test_lines_pair_the_same_starts_and_share_what_was_chosen() -> None:
    good, bad = Pick("move", True, True, True, True), Pick("plan", False, False, False, None)
    found = [
        struck("fog", "none", 0, 9),
        struck("fog", "composer", 0, 6, good, bad),
        struck("fog", "none", 1, 7),
        struck("fog", "composer", 1, 6, bad),
        struck("jam", "none", 0, 5),
        struck("jam", "composer", 0, 6),
    ]
    lines = {(line.kind, line.author): line for line in summarize(found)}
    assert list(lines) == [(k, a) for k in ("fog", "jam", "all") for a in ("none", "composer")]
    fog = lines["fog", "composer"]
    assert fog.gained is not None
    assert fog.gained.mean == 2.0
    assert fog.over.mean == 1.0
    assert (fog.alone, fog.alone_of, fog.worse, fog.worse_of) == (1.0, 1, 0.0, 2)
    assert fog.follows == 1.0
    assert fog.stale == 0.5
    both = lines["all", "composer"]
    assert both.games == 3
    assert both.gained is not None
    assert both.gained.mean == pytest.approx(1.0)
    assert lines["all", "none"].gained is None
    for sheet in sheets(tuple(lines.values())):
        assert {len(row) for row in sheet.rows} == {len(sheet.columns)}


@pytest.mark.slow
def test_the_command_prints_the_same_numbers_for_any_number_of_workers(
    cache: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    authors = tuple((name, author_maker(name)) for name in ("none", "composer"))
    tables = []
    outputs = Outputs(json=True, markdown=tmp_path / "page.md")
    for workers in (1, 2):
        options = EmergencyOptions(
            authors, 2, ("storm",), workers=workers, sources=Sources(cache=cache)
        )
        assert emergency_command(options, outputs, "x") == 0
        rows = json.loads(capsys.readouterr().out)["rows"]
        tables.append([{k: v for k, v in row.items() if k != "seconds"} for row in rows])
    assert tables[0] == tables[1]
    assert "| storm | composer |" in (tmp_path / "page.md").read_text()


def test_names_are_checked_before_anything_is_played() -> None:
    assert known_kinds(None) == KINDS
    with pytest.raises(UsageError, match="flood"):
        known_kinds(["storm", "flood"])
    with pytest.raises(UsageError, match="no author"):
        author_maker("nobody")
    assert play_all(EmergencyOptions((), 1), [], lambda task: None) == []


def test_the_lines_are_written_as_csv_plots_and_a_page_that_shows_them(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    found = [
        struck("fog", "none", 0, 9),
        struck("fog", "composer", 0, 6),
        struck("fog", "none", 1, 7),
        struck("fog", "composer", 1, 6),
    ]
    lines = tuple(summarize(found))
    folder = tmp_path / "plots"
    outputs = Outputs(csv=tmp_path / "rows.csv", markdown=tmp_path / "page.md", plots=folder)
    write_files(outputs, lines, "the command")
    rows = list(csv.DictReader((tmp_path / "rows.csv").read_text().splitlines()))
    assert [(row["kind"], row["author"]) for row in rows] == [
        (line.kind, line.author) for line in lines
    ]
    assert (float(rows[1]["gained"]), rows[0]["gained"]) == (2.0, "")
    assert float(rows[1]["over_par_high"]) == lines[1].over.high
    names = {f"emergency-{name}.{kind}" for name in ("over-par", "gained") for kind in FORMATS}
    assert {path.name for path in folder.iterdir()} == names
    assert "fog composer" in (folder / "emergency-gained.svg").read_text()
    page = (tmp_path / "page.md").read_text()
    assert "the command" in page
    assert "(plots/emergency-over-par.svg)" in page
