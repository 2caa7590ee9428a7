"""What a benchmark says: intervals, tables, JSON, CSV, Markdown."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ld_tui.arena.resources import Sources
from ld_tui.arena.study import StageStudy
from ld_tui.bench.games import Pairing, Played
from ld_tui.bench.journal import Measured
from ld_tui.bench.paper import Outputs, bench_command, command_line, page
from ld_tui.bench.suite import SuiteOptions
from ld_tui.bench.summary import Estimate, estimate, summarize
from ld_tui.bench.tables import headlines, interval, markdown, rows_csv, sheets
from ld_tui.cli import main
from ld_tui.errors import UsageError
from ld_tui.game.notation import format_position
from ld_tui.game.rules import Reason, Rules, Side
from ld_tui.game.starts import starts

LD = Pairing(Side.BLUE, "ld", "perfect")
GREEDY = replace(LD, method="greedy")
MISSED = StageStudy("plan", True, False, True, False, 1.0, 0.5, {"retriever": 1.0, "selector": 1.0})
FOUND = StageStudy("plan", True, True, False, True, 0.0, 0.0, {})


def game(pairing: Pairing, index: int, steps: int, won: bool = True) -> Played:
    reason = Reason.CAPTURE if won else Reason.ILLEGAL
    stages = (MISSED, FOUND) if pairing.method == "ld" else ()
    return Played(pairing, index, "start", index, won, reason, steps, 5, 2, (3.0, 5.0), 700, stages)


GAMES = [game(LD, 0, 5), game(LD, 1, 6), game(GREEDY, 0, 8), game(GREEDY, 1, 100, won=False)]


def test_rows_tell_wins_forfeits_and_steps_against_par_and_ld() -> None:
    ld, greedy = summarize(GAMES).rows
    assert (ld.won, ld.forfeits, ld.illegal, ld.versus_ld) == (2, 0, 4, None)
    assert (ld.ms, ld.tokens) == (4.0, 350.0)
    assert (ld.ratio.mean, ld.over.mean) == (1.1, 0.5)
    assert (greedy.won, greedy.forfeits) == (1, 1)
    assert greedy.versus_ld == Estimate(48.5, 3.0, 94.0)


def test_differences_are_told_only_where_ld_played_the_same_starts() -> None:
    (row,) = summarize([game(GREEDY, 0, 8)]).rows
    assert row.versus_ld is None
    _, row = summarize([game(LD, 1, 6), game(GREEDY, 0, 8)]).rows
    assert row.versus_ld is None


def test_stages_and_blame_come_from_the_ld_games() -> None:
    found = summarize(GAMES)
    (stage,) = found.stages
    assert (stage.decisions, stage.differ, stage.recall) == (4, 4, 0.5)
    assert (stage.open, stage.top1, stage.regret, stage.random) == (2, 0.0, 1.0, 0.5)
    (blame,) = found.blames
    assert (blame.total, blame.lost["retriever"], blame.lost["functions"]) == (2.0, 1.0, 0.0)


def test_intervals_are_those_of_the_means() -> None:
    found = estimate([[0.0, 1.0] * 50], lambda mean: mean)
    assert found == estimate([[0.0, 1.0] * 50], lambda mean: mean)
    assert found.mean == 0.5
    # The standard error is 0.05.
    assert found.low == pytest.approx(0.40, abs=0.011)
    assert found.high == pytest.approx(0.60, abs=0.011)
    assert not replace(found, low=-0.1).excludes_zero
    assert found.excludes_zero


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Estimate(0.333, -0.001, 0.7), "+0.33 [0.00, 0.70]"),
        (Estimate(-94.66, -96.0, -93.5), "-94.7 [-96.0, -93.5]"),
        (Estimate(0.0, 0.0, 0.0), "+0.00 [0.00, 0.00]"),
    ],
)
def test_intervals_are_written_after_their_mean(value: Estimate, text: str) -> None:
    assert interval(value) == text


def test_tables_are_the_same_in_markdown_and_csv() -> None:
    found = summarize(GAMES)
    text = markdown(sheets(found, 5))
    assert "**blue against orange perfect, 2 games each; fewer steps are better**" in text
    assert (
        "| greedy | 1/2 | 1 | 10.800 | +49.0 [3.0, 95.0] | +48.5 [3.0, 94.0] | 4 | 4.0 | 350 |"
        in text
    )
    assert "| blue | perfect | 2 | 2.000 | 0.000 | 1.000 | 0.000 | 1.000 | 0.000 |" in text
    lines = rows_csv(found.rows).splitlines()
    assert lines[0].startswith("side,method,opponent,games,won,forfeits,steps_over_par_ratio,")
    assert lines[1].startswith("blue,ld,perfect,2,2,0,1.1,")


def test_one_game_is_not_called_games() -> None:
    title = next(sheets(summarize(GAMES[:1]), 5)).title
    assert title == "blue against orange perfect, 1 game each; fewer steps are better"


def test_in_short_it_is_told_whom_ld_is_ahead_of_and_behind() -> None:
    best = replace(LD, method="ld-oracle")
    (told,) = headlines(summarize([*GAMES, game(best, 0, 5), game(best, 1, 5)]))
    assert told == (
        "As blue against perfect, ld won 2 of 2 games in 1.100 times par [1.000, 1.200], with 4 "
        "illegal choices; ahead of greedy; not told from ld-oracle."
    )
    orange = [replace(each, pairing=replace(each.pairing, side=Side.ORANGE)) for each in GAMES]
    (told,) = headlines(summarize(orange))
    assert told.endswith("; behind greedy.")


def options(tmp_path: Path) -> SuiteOptions:
    return SuiteOptions(
        games=2,
        methods=("greedy", "random"),
        opponents=("perfect",),
        sides=(Side.ORANGE,),
        sources=Sources(cache=tmp_path),
        starts=tuple(map(format_position, starts(2, 3, Rules(size=6)))),
    )


def test_json_is_all_that_goes_to_stdout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench_command(options(tmp_path), Outputs(json=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"command", "measured", "methods", "stages", "blame", "games"}
    assert [row["method"] for row in told["methods"]] == ["greedy", "random"]
    assert len(told["games"]) == 4
    assert {each["seed"] for each in told["games"][:2]} == {
        each["seed"] for each in told["games"][2:]
    }


def test_the_page_says_by_what_command_it_was_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    page, table = tmp_path / "out" / "page.md", tmp_path / "out" / "table.csv"
    bench_command(options(tmp_path), Outputs(csv=table, markdown=page))
    told = capsys.readouterr().out
    assert "orange against blue perfect, 2 games each; more steps are better" in told
    assert max(map(len, told.splitlines())) <= 80
    command = (
        "ld-tui bench --suite paper --games 2 --sides orange --methods greedy,random "
        "--opponents perfect"
    )
    text = page.read_text()
    assert f"```sh\n{command} --markdown FILE\n```" in text
    assert "- *selector*: they were to be had" in text
    assert "Seed 1, K 5;" in text
    assert len(table.read_text().splitlines()) == 3


def test_the_command_names_only_what_is_unusual() -> None:
    assert command_line(SuiteOptions(), "paper") == "ld-tui bench --suite paper --games 200"
    unusual = SuiteOptions(seed=3, k=4, sources=Sources(model=Path("m.gguf")))
    assert command_line(unusual, "paper").endswith("--games 200 --seed 3 -k 4 --model m.gguf")


def test_the_page_shows_the_plots() -> None:
    what = Measured("paper", 1, 5, "starts", "base", "model", "embedder", "kd")
    text = page(summarize(GAMES), what, "command", ["plots/blue-against-perfect.svg"])
    assert text.endswith("\n## Plots\n\n![blue against perfect](plots/blue-against-perfect.svg)\n")


def test_plots_without_their_library_are_refused_before_any_game(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(UsageError, match="--plots needs matplotlib: pip install matplotlib"):
        bench_command(options(tmp_path), Outputs(plots=tmp_path / "plots"))
    assert not (tmp_path / "plots").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--methods", "nobody"], "'nobody' is no method"),
        (["--games", "201"], "--games goes from 1 to 200"),
        (["--sides", "red"], "'red' is no side; there are blue, orange"),
    ],
)
def test_wrong_words_are_told_in_one_line(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *words]) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1
    assert message in told[0]
