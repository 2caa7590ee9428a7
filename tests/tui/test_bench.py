"""The benchmark screen: the command's own numbers, stopped, gone on with, written; out of the way.

Most tests run the very command on small boards; those of what the screen does with what it is told
run a script that tells the same in the command's place.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from ld_tui.cli import main
from ld_tui.game.notation import format_position
from ld_tui.game.rules import Rules
from ld_tui.game.starts import starts
from ld_tui.tui.bench.desk import Desk
from ld_tui.tui.bench.draw import sheet_lines
from ld_tui.tui.bench.plan import Plan
from ld_tui.tui.bench.process import BenchProcess, End
from ld_tui.tui.bench.remembered import recalled, remember
from ld_tui.tui.screens.ask import AskScreen, MarkScreen
from ld_tui.tui.screens.bench import BenchScreen
from ld_tui.tui.screens.start import StartScreen
from ld_tui.tui.text import width_of

SIZE = (80, 24)
ROW = ["greedy", "3/4", "0", "1.250", "+1.00 [0.00, 2.00]", "", "0", "0.1", ""]
COLUMNS = ["method", "success", "forfeit", "steps/par", "steps over par", "against ld", "illegal"]
TABLES = {
    "event": "tables",
    "sheets": [{"title": "blue against orange perfect", "columns": [*COLUMNS, "ms", "tokens"],
                "rows": [ROW], "texts": 1}],
    "charts": [
        {"title": f"blue against orange {name}", "unit": "steps over par, a game",
         "points": [{"label": "greedy", "mean": 1.0, "low": 0.0, "high": 2.0}]}
        for name in ("perfect", "greedy")
    ],
}  # fmt: skip
BEGIN = {"event": "begin", "games": 4, "finished": 0, "command": "ld-tui bench --seed 1"}
GAME = {"event": "game", "done": 3, "games": 4, "label": "blue greedy against perfect"}


@pytest.fixture
def given(tmp_path: Path) -> dict[str, Any]:
    """Options of a small benchmark on 6x6."""
    path = tmp_path / "starts.txt"
    path.write_text("\n".join(map(format_position, starts(4, 3, Rules(size=6)))) + "\n")
    return {
        "starts": str(path),
        "games": 4,
        "sides": ("blue",),
        "methods": ("greedy", "perfect"),
        "opponents": ("perfect", "greedy"),
        "untimed": True,
    }


def telling(*events: dict[str, Any], then: str = "") -> Callable[[Sequence[str]], list[str]]:
    """Return a command that tells these events, and then runs some Python."""
    lines = "\n".join(json.dumps(event) for event in events)
    script = f"import sys, time\nprint({lines!r}, file=sys.stderr, flush=True)\n{then}"
    return lambda words: [sys.executable, "-c", script]


async def until(pilot: Pilot[None], true: Callable[[], Any]) -> None:
    """Wait for something to be so."""
    for _ in range(3000):
        if true():
            return
        await pilot.pause(0.02)
    raise AssertionError("it never was so")


def words(one: Any) -> str:
    """Return what the screen shows, wherever its lines break."""
    return " ".join(one.text().split())


def is_there(pid: int) -> bool:
    """Tell whether a process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def scripted(opened: Any, tmp_path: Path, *events: dict[str, Any], then: str = "") -> Any:
    """Return an app whose benchmark is a script."""
    one = opened("bench")
    one.app.bench = Desk(one.app, Plan(), tmp_path / "benchmarks", telling(*events, then=then))
    return one


async def test_the_json_written_is_the_commands_own_byte_for_byte(
    opened: Any, given: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    one = opened("bench", bench=given)
    async with one.app.run_test(size=SIZE) as pilot:
        desk = one.app.bench
        await pilot.press("s")
        await until(pilot, lambda: desk.phase == "done")
        assert (desk.done, desk.games, desk.finished) == (16, 16, 0)
        await pilot.pause()
        assert "16 of 16 games" in one.text()
        assert "perfect 4/4 0 1.000 +0.00 [0.00, 0.00]" in words(one)
        await pilot.press("w", "j")
        await until(pilot, lambda: desk.written.startswith("wrote "))
        written = Path(desk.written.removeprefix("wrote ")).read_text()
        shown = desk.head["command"]
    assert main(["bench", *desk.ran.words(), "--json"]) == 0
    assert capsys.readouterr().out == written
    assert json.loads(written)["command"] == shown
    assert desk.ran.command() == f"{shown} --untimed"


@pytest.mark.slow
async def test_a_run_that_was_stopped_goes_on_to_the_same_numbers(
    opened: Any, given: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    one = opened("bench", bench={**given, "methods": ("greedy", "ld-random")})
    async with one.app.run_test(size=SIZE) as pilot:
        desk = one.app.bench
        await pilot.press("s")
        await until(pilot, lambda: desk.done >= 5)
        await pilot.press("x")
        await until(pilot, lambda: desk.phase == "stopped")
        assert 5 <= desk.done < 16
        assert "s goes on" in one.text()
        await pilot.press("s")
        await until(pilot, lambda: desk.phase == "done")
        assert 5 <= desk.finished < 16
        assert desk.done == 16
        for key, name in (("c", "csv"), ("m", "md")):
            await pilot.press("w", key)
            await until(pilot, lambda name=name: desk.written.endswith(f".{name}"))
        written = sorted(path.suffix for path in desk.folder.iterdir())
        assert written == [".csv", ".jsonl", ".md"]
        result = desk.result.decode()
    assert main(["bench", *desk.ran.words(), "--json"]) == 0
    assert capsys.readouterr().out == result


@pytest.mark.slow
async def test_quitting_ends_the_run_and_leaves_a_whole_journal(
    opened: Any, given: dict[str, Any]
) -> None:
    one = opened("bench", bench={**given, "methods": ("greedy", "ld-random"), "workers": 2})
    async with one.app.run_test(size=SIZE) as pilot:
        desk = one.app.bench
        await pilot.press("s")
        await until(pilot, lambda: desk.done >= 1)
        pid = desk.pid
        await pilot.press("q")
    for _ in range(500):
        if not is_there(pid):
            break
        time.sleep(0.01)
    assert not is_there(pid)
    (journal,) = desk.folder.iterdir()
    kept = [json.loads(line) for line in journal.read_text().splitlines()]
    assert len(kept) - 1 >= desk.done
    assert all("steps" in game for game in kept[1:])


async def test_what_the_command_refuses_is_told_in_its_own_words(
    opened: Any, given: dict[str, Any]
) -> None:
    one = opened("bench", bench={**given, "methods": ("nobody",)})
    async with one.app.run_test(size=SIZE) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: one.app.bench.phase == "failed")
        await pilot.pause()
        assert "'nobody' is no method; there are ld, " in one.text()
        assert "Traceback" not in one.text()
        await pilot.press("o")
        assert one.app.screen.has_class("-setup")


async def test_options_are_chosen_by_keys_alone(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=SIZE) as pilot:
        await pilot.press("B")
        await until(pilot, lambda: isinstance(one.app.screen, BenchScreen))
        desk = one.app.bench
        await pilot.press("down", "right")
        assert desk.plan.sides == ("blue",)
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(one.app.screen, MarkScreen))
        await pilot.press("space", "down", "down", "down", "space", "escape")
        await until(pilot, lambda: isinstance(one.app.screen, BenchScreen))
        assert desk.plan.methods == ("ld-random", "ld-first", "ld-oracle-k", "greedy", "perfect")
        await pilot.press("down", "down", "3", "5", "enter")
        await until(pilot, lambda: desk.plan.games == 35)
        await pilot.press("down", "right", "right", "down", "left")
        assert (desk.plan.seed, desk.plan.k) == (3, 4)
        await pilot.pause()
        assert "--games 35 --sides blue --methods ld-random," in words(one)
        assert "--seed 3 -k 4" in words(one)
        await pilot.press("home", *["up"] * 6, "right")
        assert desk.plan.suite == "emergency"
        await pilot.pause()
        assert "ld-tui bench --suite emergency --games 35 --seed 3 -k 4" in one.text()
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))


async def test_it_measures_the_parts_that_the_engine_was_started_with(
    opened: Any, tmp_path: Path
) -> None:
    one = opened("start")
    words = ("ld-tui", "engine", "--model", "m.gguf", "--author", "none")
    one.app.setup = replace(one.app.setup, engine_command=words)
    async with one.app.run_test(size=SIZE) as pilot:
        names = [each.title for each in one.app.get_system_commands(one.app.screen)]
        assert "Benchmark" in names
        one.app.open_bench()
        await until(pilot, lambda: isinstance(one.app.screen, BenchScreen))
        assert one.app.bench.plan.words()[-2:] == ["--model", "m.gguf"]


async def test_a_number_that_cannot_be_is_told(opened: Any) -> None:
    one = opened("bench")
    async with one.app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "down", "down", "down", "enter")
        await until(pilot, lambda: isinstance(one.app.screen, AskScreen))
        # What is typed takes the place of what stood there.
        await pilot.press("7", "enter")
        await until(pilot, lambda: isinstance(one.app.screen, BenchScreen))
        assert one.app.bench.plan.games == 7
        await pilot.press("9", "9", "9", "enter")
        told = "games: a whole number from 1 to 200; '999' is none"
        await until(pilot, lambda: told in one.text())
        assert isinstance(one.app.screen, AskScreen)
        await pilot.press("backspace", "enter")
        await until(pilot, lambda: isinstance(one.app.screen, BenchScreen))
        assert one.app.bench.plan.games == 99


async def test_tables_and_plots_are_shown_while_it_runs(
    opened: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    one = scripted(opened, tmp_path, BEGIN, GAME, TABLES, then="time.sleep(60)")
    async with one.app.run_test(size=SIZE) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: "+1.00 [0.00, 2.00]" in one.text())
        assert "3 of 4 games" in one.text()
        assert "blue greedy against perfect" in one.text()
        assert "$ ld-tui bench --seed 1" in one.text()
        await pilot.press("p")
        await until(pilot, lambda: "├──" in one.text())
        assert "success" not in one.text()
        await pilot.press("n")
        await until(pilot, lambda: "blue against orange greedy: steps" in one.text())
        await pilot.resize_terminal(120, 36)
        await until(pilot, lambda: "success" in one.text())
        assert "├──" in one.text()  # there is room for both


BLAME = ["ld as", "against", "games", "lost", "functions", "retriever", "barred", "selector",
         "refused"]  # fmt: skip


@pytest.mark.parametrize("width", [76, 78])
@pytest.mark.parametrize(
    ("columns", "row", "texts"),
    [
        (COLUMNS, ["ld", "1/1", "0", "1.500", "+2.00 [2.00, 2.00]", "+0.00", "3"], 1),
        (
            [*COLUMNS, "ms", "tokens"],
            ["ld-random", "1/3", "0", "14.400", "+67.0 [10.0, 96.0]", "+66.3 [-10.0, 95.0]", "3",
             "123.4", "56.7"],
            1,
        ),
        (BLAME, ["blue", "perfect", "20", *["0.000"] * 6], 2),
        (BLAME, ["orange", "ld@models/some-long-name.gguf", "20", *["0.000"] * 6], 2),
        (
            ["emergency", "author", "success", "over par", "steps gained", "recovered"],
            ["roadblock", "composer", "99/100", "96.00 [96.00, 96.00]", "88.00 [88.00, 88.00]",
             "1.00"],
            2,
        ),
    ],
    ids=["one row", "too wide", "texts", "long text", "numbers alone too wide"],
)  # fmt: skip
def test_no_column_of_a_table_is_cut(
    columns: list[str], row: list[str], texts: int, width: int
) -> None:
    title = "recall of a best function where they differ; " * 6
    sheet = {"title": title, "columns": columns, "rows": [row], "texts": texts}
    lines = sheet_lines(sheet, width)
    assert all(width_of(line) <= width for line in lines)
    text = " ".join(piece for line in lines for piece, _ in line)
    for word in (*columns, *row[texts:]):
        assert word in text
    assert text.count("differ;") == 6


async def test_plotext_draws_the_plot_where_it_is_installed(opened: Any, tmp_path: Path) -> None:
    pytest.importorskip("textual_plotext")
    one = scripted(opened, tmp_path, BEGIN, GAME, TABLES, then="time.sleep(60)")
    async with one.app.run_test(size=SIZE) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: bool(one.app.bench.charts))
        await pilot.press("p")
        await until(pilot, lambda: "greedy┤" in one.text())
        assert "steps over par, a game, 95 %; log > 1" in one.text()


async def test_letters_alone_draw_all_of_it(opened: Any, tmp_path: Path) -> None:
    one = opened("bench", ascii_only=True)
    command = telling(BEGIN, GAME, TABLES, then="time.sleep(60)")
    one.app.bench = Desk(one.app, Plan(), tmp_path / "benchmarks", command)
    async with one.app.run_test(size=SIZE) as pilot:
        assert one.text().isascii()
        await pilot.press("s")
        await until(pilot, lambda: bool(one.app.bench.charts))
        await pilot.press("p")
        await until(pilot, lambda: "|--" in one.text())
        assert one.text().replace("…", "").isascii()


async def test_leaving_the_screen_keeps_the_run_going(opened: Any, tmp_path: Path) -> None:
    flag = tmp_path / "go"
    wait = (
        f"import os\nwhile not os.path.exists({str(flag)!r}):\n    time.sleep(0.02)\nprint('{{}}')"
    )
    one = scripted(opened, tmp_path, BEGIN, GAME, then=wait)
    async with one.app.run_test(size=SIZE) as pilot:
        desk = one.app.bench
        await pilot.press("s")
        await until(pilot, lambda: desk.done == 3)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
        assert desk.is_running
        flag.touch()
        await until(pilot, lambda: desk.phase == "done")
        assert desk.result == b"{}\n"
        await pilot.press("B")
        await until(pilot, lambda: "done; w writes" in one.text())


async def test_a_process_that_hears_no_interrupt_is_killed_when_asked_twice(
    opened: Any, tmp_path: Path
) -> None:
    deaf = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    deaf += f"print({json.dumps(GAME)!r}, file=sys.stderr, flush=True)\ntime.sleep(60)"
    one = scripted(opened, tmp_path, BEGIN, then=deaf)
    async with one.app.run_test(size=SIZE) as pilot:
        desk = one.app.bench
        await pilot.press("s")
        await until(pilot, lambda: desk.done == 3)
        await pilot.press("x")
        assert desk.phase == "stopping"
        await pilot.press("x")
        await until(pilot, lambda: desk.phase == "stopped")
        assert desk.pid is None


def test_a_run_hears_interrupts_though_what_began_it_does_not() -> None:
    """As is so for what a shell script puts in the background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    told, ended = threading.Event(), threading.Event()
    ends: list[End] = []

    def end(found: End) -> None:
        ends.append(found)
        ended.set()

    try:
        command = telling(GAME, then="time.sleep(60)")([])
        process = BenchProcess(command, lambda event: told.set(), end)
        process.start()
        assert told.wait(30)
        process.interrupt()
        assert ended.wait(30)
        assert ends[0].last == "KeyboardInterrupt"
    finally:
        signal.signal(signal.SIGINT, before)


async def test_plots_without_their_library_are_told_in_one_line(
    opened: Any, tmp_path: Path
) -> None:
    mend = "--plots needs matplotlib: pip install matplotlib"
    then = f"print('ld-tui: {mend}', file=sys.stderr)\nsys.exit('--plots' in sys.argv)"
    one = scripted(opened, tmp_path, BEGIN, then=then)
    run = one.app.bench._command
    one.app.bench._command = lambda words: [*run(words), *words]
    async with one.app.run_test(size=SIZE) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: one.app.bench.phase == "done")
        await pilot.press("w")
        await until(pilot, lambda: "SVG and PNG" in one.text())
        await pilot.press("p")
        await until(pilot, lambda: mend in one.text())


async def test_nothing_is_written_from_options_that_were_not_run(
    opened: Any, tmp_path: Path
) -> None:
    one = scripted(opened, tmp_path, {**BEGIN, "finished": 1}, then="print('{}')")
    async with one.app.run_test(size=SIZE) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: "1 game from before" in one.text())
        assert "w write" in one.text()
        await pilot.press("o")
        await until(pilot, lambda: "w write" in one.text())
        await pilot.press(*["down"] * 4, "left")
        await until(pilot, lambda: "--games 19" in one.text())
        assert "not run yet" in one.text()
        assert "w write" not in one.text()
        await pilot.press("w")
        assert isinstance(one.app.screen, BenchScreen)
        await pilot.press("o")
        await until(pilot, lambda: "w write" in one.text())
        assert "--games" not in one.text()


async def test_a_menu_says_that_plots_lack_their_library(
    opened: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    one = scripted(opened, tmp_path, BEGIN, then="print('{}')")
    async with one.app.run_test(size=SIZE) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: one.app.bench.phase == "done")
        await pilot.press("w")
        await until(pilot, lambda: "SVG and PNG; matplotlib is missing" in one.text())


def test_the_options_at_80x24(opened: Any, snap_compare: Any) -> None:
    one = opened("bench")

    async def look(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "$ ld-tui bench" in one.text())
        await pilot.press("down", "down")
        await pilot.pause(0.1)

    assert snap_compare(one.app, terminal_size=SIZE, run_before=look)


def test_results_at_120x36(
    opened: Any, snap_compare: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    one = opened("bench")
    desk = one.app.bench = Desk(one.app, Plan(), tmp_path)
    desk.phase, desk.games, desk.done, desk.finished = "done", 4, 4, 1
    desk.head, desk.sheets, desk.charts = BEGIN, TABLES["sheets"], TABLES["charts"]

    async def look(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "├──" in one.text())
        await pilot.pause(0.1)

    assert snap_compare(one.app, terminal_size=(120, 36), run_before=look)


async def test_options_of_the_last_run_are_there_again(opened: Any, tmp_path: Path) -> None:
    path = tmp_path / "data" / "last-benchmark.toml"
    command = ("ld-tui", "engine", "--model", "m.gguf")
    own = Plan(games=3, methods=("greedy",), seed=4, model="other.gguf", untimed=True)
    for given, shown in (
        (None, Plan(model="m.gguf")),
        ({"games": 3, "methods": ("greedy",), "seed": 4, "model": "other.gguf"}, None),
        (None, replace(own, untimed=False)),
    ):
        one = opened("start", bench=given, bench_remembered=path)
        one.app.setup = replace(one.app.setup, engine_command=command)
        async with one.app.run_test(size=SIZE) as pilot:
            one.app.open_bench()
            await until(pilot, lambda one=one: isinstance(one.app.screen, BenchScreen))
            if shown is not None:
                assert one.app.bench.plan == shown
                continue
            one.app.bench.plan = own
            one.app.bench._command = telling(BEGIN)
            await pilot.press("s")
            await until(pilot, path.exists)
    # What was not set by hand comes from where it came from before.
    remember(path, Plan(model="m.gguf", games=7), Plan(model="m.gguf"))
    assert recalled(path, Plan(model="new.gguf")) == Plan(model="new.gguf", games=7)


@pytest.mark.parametrize(
    "text",
    ["", "games", "games = 0\nseed = true\nsuite = 'none'\nmethods = 'ld'\nsides = [1]\nno = 1"],
    ids=["empty", "no TOML", "nothing usable"],
)
def test_kept_options_that_cannot_be_used_are_passed_over(tmp_path: Path, text: str) -> None:
    path = tmp_path / "last-benchmark.toml"
    assert recalled(path, Plan()) == Plan()
    path.write_text(text)
    assert recalled(path, Plan()) == Plan()
    remember(path / "below", Plan(games=3), Plan())  # A file in the way: nothing is kept.


async def test_leaving_twice_leaves_once(opened: Any) -> None:
    one = opened("start")
    async with one.app.run_test(size=SIZE) as pilot:
        await pilot.press("B")
        await until(pilot, lambda: isinstance(one.app.screen, BenchScreen))
        screen = one.app.screen
        screen.action_leave()
        screen.action_leave()
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))
