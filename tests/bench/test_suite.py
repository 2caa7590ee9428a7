"""The suite: the same numbers however often cut off and whatever the number of workers."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ld_tui import paths
from ld_tui.arena.resources import Resources, Sources
from ld_tui.bench.games import Pairing, Played, played_from_dict, played_to_dict
from ld_tui.bench.journal import Journal, Measured
from ld_tui.bench.suite import SuiteOptions, pairings, parse_sides, play_suite
from ld_tui.bench.summary import summarize
from ld_tui.errors import SaveError, UsageError
from ld_tui.game.notation import format_position
from ld_tui.game.rules import Reason, Rules, Side
from ld_tui.game.starts import starts

WHAT = Measured("paper", 1, 5, "starts", "base", "model", "embedder", "kd")
STARTS = tuple(map(format_position, starts(4, 7, Rules(size=6))))


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    return Sources(cache=tmp_path_factory.mktemp("cache"))


def suite(sources: Sources, **fields: Any) -> SuiteOptions:
    settings: dict[str, Any] = {
        "games": 3,
        "methods": ("greedy", "perfect", "ld-first"),
        "opponents": ("perfect",),
        "starts": STARTS,
        **fields,
    }
    return SuiteOptions(sources=sources, **settings)


def run(options: SuiteOptions, journal: Journal | None = None) -> tuple[list[Played], list[Played]]:
    """Return all games without their times, and those that were played now."""
    resources, now = Resources(options.sources), list[Played]()
    try:
        found = play_suite(
            options, journal or Journal(None, WHAT), resources, lambda all_, old: None, now.append
        )
    finally:
        resources.close()
    return [replace(each, ms=()) for each in found], now


def test_every_method_plays_every_start_on_both_sides(sources: Sources) -> None:
    found, now = run(suite(sources))
    assert len(found) == len(now) == 2 * 3 * 3
    assert {each.pairing.side for each in found} == set(Side)
    for each in found:
        assert each.start == STARTS[each.index]
        assert each.steps < 100
        assert each.won is (each.pairing.side is Side.BLUE)
        if each.pairing.method == "perfect":
            assert each.steps == each.par
    assert len({each.seed for each in found}) == 3


def test_workers_change_nothing_but_the_times(sources: Sources) -> None:
    options = suite(sources, games=2, sides=(Side.BLUE,))
    assert run(options)[0] == run(replace(options, workers=2))[0]


def test_the_agents_decisions_are_studied(sources: Sources) -> None:
    found, _ = run(suite(sources, methods=("ld",), sides=(Side.BLUE,), games=2))
    for each in found:
        assert [study.stage for study in each.stages] == ["plan", "move"] * each.steps
        assert sum(sum(s.lost.values()) for s in each.stages) == each.steps - each.par


def test_a_suite_cut_off_in_a_line_goes_on_where_it_was(sources: Sources, tmp_path: Path) -> None:
    path = tmp_path / "games.jsonl"
    whole, _ = run(suite(sources), Journal(path, WHAT))
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:8]) + lines[8][:40])
    again, now = run(suite(sources), Journal(path, WHAT))
    assert again == whole
    assert len(now) == len(whole) - 7
    assert len(path.read_text().splitlines()) == 1 + len(whole)
    more, now = run(suite(sources, games=4), Journal(path, WHAT))
    assert {each.index for each in now} == {3}
    assert [each for each in more if each.index < 3] == whole


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps({"format": 1, "suite": "paper", "seed": 2}), "another benchmark .seed, k"),
        ("# notes", "no file of finished games"),
        ('{"games": []}', "no file of finished games"),
    ],
    ids=["another seed", "text", "other JSON"],
)
def test_another_file_is_left_alone(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "games.jsonl"
    path.write_text(content + "\n")
    with pytest.raises(SaveError, match=message):
        Journal(path, WHAT)
    assert path.read_text() == content + "\n"


def test_a_broken_line_among_others_is_told(tmp_path: Path) -> None:
    path = tmp_path / "games.jsonl"
    journal = Journal(path, WHAT)
    journal.add(game())
    path.write_text(path.read_text().replace('"won"', '"one"') + "{}\n")
    with pytest.raises(SaveError, match="line 2: not a finished game"):
        Journal(path, WHAT)


def game() -> Played:
    pairing = Pairing(Side.BLUE, "ld", "greedy")
    return Played(pairing, 2, STARTS[2], 9, True, Reason.CAPTURE, 6, 5, 1, (1.5, 2.0), 90)


def test_games_are_kept_as_plain_data() -> None:
    assert played_from_dict(json.loads(json.dumps(played_to_dict(game())))) == game()


def test_single_functions_play_the_first_opponent_only(sources: Sources) -> None:
    base = Resources(sources).functionbase()
    found = pairings(SuiteOptions(sides=(Side.BLUE,)), base)
    assert Pairing(Side.BLUE, "chase", "perfect") in found
    assert Pairing(Side.BLUE, "chase", "ld") not in found
    assert Pairing(Side.BLUE, "ld-oracle", "greedy") in found


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"methods": ("nobody",)}, "'nobody' is no method"),
        ({"opponents": ("chase",)}, "'chase' is no opponent"),
        ({"methods": ("sidestep",), "sides": (Side.BLUE,)}, "no game to play"),
    ],
)
def test_names_that_do_not_exist_are_told(
    sources: Sources, fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        pairings(suite(sources, **fields), Resources(sources).functionbase())


def test_sides_are_read_by_name() -> None:
    assert parse_sides(["orange", "orange"]) == (Side.ORANGE,)
    for wrong in (["red"], []):
        with pytest.raises(UsageError, match="blue, orange"):
            parse_sides(wrong)


def test_models_by_file_and_url_stand_in_the_table(tmp_path: Path) -> None:
    """The bare S-LLM, asked for moves, loses by illegal choices; asked to select, it plays."""
    from ld_tui.llm.xllamacpp_backend import load_server

    server = load_server(paths.SHIPPED_SELECTOR)
    bare, served = f"llm:{paths.SHIPPED_SELECTOR}", f"llm:{server.url}#selector"
    again = f"ld@{paths.SHIPPED_SELECTOR}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LD_TUI_API_KEY", server.key)
        options = SuiteOptions(
            games=2,
            methods=("ld", again, bare, served),
            opponents=("greedy",),
            sides=(Side.BLUE,),
            sources=Sources(cache=tmp_path),
            starts=STARTS,
        )
        rows = summarize(run(options)[1]).rows
    ld, ours, direct, by_server = rows
    assert [row.pairing.method for row in rows] == ["ld", again, bare, served]
    assert (ld.won, ld.forfeits) == (ours.won, ours.forfeits) == (2, 0)
    assert ours.versus_ld is not None
    assert ours.versus_ld.mean == 0
    for row in (direct, by_server):
        assert (row.won, row.forfeits, row.illegal) == (0, 2, 16)
    assert ld.tokens is not None
    assert ld.tokens > 200
    assert ld.tokens == ours.tokens
