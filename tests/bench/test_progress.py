"""How far a benchmark is, told as lines of JSON; the same bytes again; ctrl+c."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ld_tui.bench import progress
from ld_tui.bench.emergency_games import Struck, Task
from ld_tui.bench.emergency_journal import EmergencyJournal, Ended
from ld_tui.bench.emergency_look import Pick
from ld_tui.bench.journal import Measured
from ld_tui.bench.progress import JsonLines
from ld_tui.bench.tables import Tables
from ld_tui.cli import main
from ld_tui.game.maps import read_map
from ld_tui.game.notation import format_position
from ld_tui.game.rules import Rules
from ld_tui.game.starts import starts

EMPTY = Tables((), ())


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """A small benchmark on 6x6."""
    return ["bench", "--starts", str(write_starts(tmp_path, 4)), "--methods", "greedy,perfect"]


def write_starts(folder: Path, count: int) -> Path:
    path = folder / "starts.txt"
    path.write_text("\n".join(map(format_position, starts(count, 3, Rules(size=6)))) + "\n")
    return path


def events_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(("pause", "kinds"), [(0.0, "bgtgtte"), (float("inf"), "bgtgte")])
def test_tables_come_at_intervals_and_at_the_end(
    pause: float, kinds: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PAUSE", pause)
    told: list[str] = []
    lines = JsonLines(told.append)
    # The first game's tables come at once: a person waits for something to see.
    monkeypatch.setattr(lines, "_last", float("-inf"))
    lines.begin({"suite": "paper"}, 2, 0, lambda: EMPTY)
    for _ in range(2):
        lines.game("blue ld against perfect", {"steps": 6}, lambda: EMPTY)
    lines.end(lambda: EMPTY)
    found = events_of("\n".join(told))
    assert "".join(event["event"][0] for event in found) == kinds
    assert found[0] == {"event": "begin", "suite": "paper", "games": 2, "finished": 0}
    assert [event["done"] for event in found if event["event"] == "game"] == [1, 2]


def test_every_event_is_a_line_on_stderr_and_the_result_alone_is_on_stdout(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--sides", "blue", "--opponents", "perfect,greedy", "--json", "--progress", "json"]
    assert main([*words, *more]) == 0
    out, err = capsys.readouterr()
    result, found = json.loads(out), events_of(err)
    begin = next(event for event in found if event["event"] == "begin")
    assert begin["command"] == result["command"]
    assert begin["measured"] == result["measured"]
    assert (begin["games"], begin["finished"], begin["journal"]) == (16, 0, None)
    assert len(begin["pairings"]) == 4
    games = [event for event in found if event["event"] == "game"]
    assert [event["done"] for event in games] == list(range(1, 17))
    tables = [event for event in found if event["event"] == "tables"][-1]
    points = [point for chart in tables["charts"] for point in chart["points"]]
    assert [point["mean"] for point in points] == [row["over"]["mean"] for row in result["methods"]]
    assert [row[1] for row in tables["sheets"][0]["rows"]] == ["4/4", "4/4"]
    assert found[-1] == {"event": "end", "done": 16, "games": 16}


def test_without_times_the_same_options_give_the_same_bytes(
    words: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "journals"
    folder.mkdir()
    more = ["--sides", "orange", "--opponents", "perfect", "--json", "--untimed"]
    found = []
    for last in ([], ["--resume", str(folder)], ["--resume", str(folder), "--progress", "json"]):
        assert main([*words, *more, *last]) == 0
        out, err = capsys.readouterr()
        found.append(out)
    assert len(set(found)) == 1
    assert not any(game["ms"] for game in json.loads(found[0])["games"])
    begin = events_of(err)[0]
    assert (begin["games"], begin["finished"]) == (8, 8)
    (journal,) = folder.iterdir()
    assert begin["journal"] == str(journal)
    assert main([*words, *more, "--resume", str(folder), "--seed", "2"]) == 0
    assert len(list(folder.iterdir())) == 2  # of another seed, beside it


def test_more_games_than_starts_are_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--games", "5"]) == 2
    assert "there are 4 starts" in capsys.readouterr().err


def interrupted(words: Sequence[str], journals: Path) -> list[dict[str, Any]]:
    """Run a benchmark, press ctrl+c after its first game, and return what it told."""
    command = [sys.executable, "-m", "ld_tui", *words, "--progress", "json"]
    process = subprocess.Popen(
        [*command, "--resume", str(journals)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    told: list[str] = []
    with process.stderr:
        for line in process.stderr:
            if '"event": "game"' in line and not any('"game"' in before for before in told):
                process.send_signal(signal.SIGINT)
            told.append(line)
    assert process.wait() == 130
    assert told[-1].startswith("interrupted; ")
    assert told[-1].endswith("the same command goes on\n")
    return events_of("".join(told[:-1]))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_leaves_a_journal_that_goes_on(
    workers: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Many more games than are played before a busy machine gets round to the ctrl+c.
    words = ["bench", "--starts", str(write_starts(tmp_path, 20)), "--methods", "ld-random"]
    words += ["--sides", "blue", "--opponents", "perfect,greedy,random"]
    words += ["--workers", str(workers), "--json"]
    folder = tmp_path / "journals"
    folder.mkdir()
    done = len([event for event in interrupted(words, folder) if event["event"] == "game"])
    assert 1 <= done < 60
    (journal,) = folder.iterdir()
    kept = [json.loads(line) for line in journal.read_text().splitlines()]
    assert len(kept) - 1 >= done
    assert main([*words, "--untimed", "--resume", str(folder)]) == 0
    whole = capsys.readouterr().out
    assert len(journal.read_text().splitlines()) == 61
    assert main([*words, "--untimed"]) == 0
    assert capsys.readouterr().out == whole


def test_emergencies_games_are_kept_too(tmp_path: Path) -> None:
    what = Measured("emergency", 1, 5, "starts", "base", "model", "embedder", "kd")
    tasks = [Task("storm", author, 0, "6 a1,c4,f6 e5 b 0 0,0 -", 7) for author in ("none", "l-llm")]
    struck = Struck(
        tasks[1], won=True, steps=5, par=4, picks=(Pick("move", True, True, True, None),)
    )
    found = [Ended(tasks[0], None), Ended(tasks[1], struck)]
    path = tmp_path / "games.jsonl"
    journal = EmergencyJournal(path, what)
    for ended in found:
        journal.add(ended)
    path.write_text(path.read_text() + '{"task": {"kind')
    again = EmergencyJournal(path, what)
    assert again.found == found
    assert again.find(tasks[0]) == found[0]
    assert len(path.read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([], "there is no terminal to draw on; `ld-tui bench` runs without one"),
        (["--csv", "x.csv"], "--csv isn't for --screen, which keeps and writes files itself"),
        (["--model", "none.gguf"], "none.gguf: there is no such model"),
    ],
)
def test_the_screen_wants_a_terminal_and_no_files(
    more: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "--screen", *more]) == 2
    assert capsys.readouterr().err == f"ld-tui: {message}\n"


def test_starts_under_changed_rules_are_played_with_the_base_as_it_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "starts.txt"
    lost = format_position(read_map("racetrack", 8).starts(1, 1)[0])
    won = "8 a1,c1,b4 b1 b 0 0,0 roadblock:d4;sprint"
    command = ["bench", "--starts", str(path), "--methods", "ld-oracle", "--sides", "blue"]
    command += ["--opponents", "perfect", "--json", "--untimed"]
    path.write_text(f"{won}\n")
    assert main(command) == 0
    (game,) = json.loads(capsys.readouterr().out)["games"]
    assert (game["steps"], game["par"]) == (1, 1)
    path.write_text(f"{won}\n{lost}\n")
    assert main(command) == 2
    assert "can escape for ever from position 2" in capsys.readouterr().err
    path.write_text(f"{won.replace('b4', 'b2')}\n")
    assert main(command) == 2
    assert "is captured in position 1" in capsys.readouterr().err
