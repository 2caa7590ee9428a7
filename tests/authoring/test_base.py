"""A whole base from the rules of a map: by the composer, cut off and gone on with, by a model."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ld_tui import paths
from ld_tui.agent.events import Decided, EmergencyRaised, Rejected
from ld_tui.arena.game import Game
from ld_tui.arena.match import MatchOptions, run_match
from ld_tui.arena.players import make_player
from ld_tui.arena.pursuit import emergency_names
from ld_tui.arena.resources import Resources, Sources
from ld_tui.authoring.alone import is_whole_policy
from ld_tui.authoring.author import composer
from ld_tui.authoring.base import Filed, News, Order, Refused, Tools, compose, prepare, sampled
from ld_tui.authoring.base_writer import ask_for_base
from ld_tui.authoring.check import check_manual
from ld_tui.authoring.choosing import APART
from ld_tui.authoring.sampling import map_positions
from ld_tui.authoring.space import Program
from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.store import load
from ld_tui.game.emergencies import Roadblock, strike
from ld_tui.game.maps import Map, map_of_size, read_map
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Side
from ld_tui.llm.endpoint import Endpoint
from ld_tui.tablebase.world import World

MAP = """\
title = "Crooked"
about = "A board that looks different from every side."

[[board]]
size = 6
picture = '''
.#....
...#..
...##.
......
.#...#
......
'''
"""
COUNTS = {("blue", "move"): 2, ("orange", "move"): 2, ("blue", "plan"): 3, ("orange", "plan"): 3}


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Map:
    path = tmp_path_factory.mktemp("map") / "crooked.toml"
    path.write_text(MAP, encoding="utf-8")
    return map_of_size(path)


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    resources = Resources(Sources(cache=tmp_path_factory.mktemp("cache")))
    yield Tools(resources.sandbox(), resources.table_of)
    resources.close()


def order(board: Map, into: Path) -> Order:
    source = load(paths.packaged_functionbase())
    return Order(board, into, source, 1, COUNTS, states=40, programs=36)


@pytest.fixture(scope="module")
def built(board: Map, tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Order:
    made = order(board, tmp_path_factory.mktemp("built"))
    assert all(not isinstance(each, Refused) for each in compose(made, tools))
    return made


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.toml"))
        if path.name != "index.toml"
    }


def filed(news: Iterator[News]) -> list[Filed]:
    return [each for each in news if isinstance(each, Filed)]


def test_every_stage_gets_its_functions_and_the_base_says_what_for(built: Order) -> None:
    base = load(built.into)
    assert base.problems == ()
    assert base.stages == built.source.stages
    for stage in base.stages:
        assert len(base.manuals_of(stage.side, stage.name)) == COUNTS[stage.side, stage.name]
    assert base.written_for == emergency_names(built.map.starts(1, 1)[0])


def test_every_function_passes_the_check_in_positions_of_the_map(
    built: Order, tools: Tools
) -> None:
    base = load(built.into)
    for manual in base.manuals:
        positions = map_positions(built.map, manual.side, 30, "others", tools.table_of)
        found = list(check_manual(manual, base.stage_of(manual), tools.sandbox, positions, 9))
        assert [each.detail for each in found if not each.passed] == []
        assert len(manual.examples) == 2
        assert manual.origin == "base"
        assert manual.provenance.rules != "standard"


def test_none_is_a_copy_and_each_tells_its_share(built: Order, tools: Tools) -> None:
    base = load(built.into)
    for stage in base.stages:
        measure = sampled(built, tools, stage)
        manuals = base.manuals_of(stage.side, stage.name)
        lost = [measure.of_manual(manual) for manual in manuals]
        for one, other in itertools.combinations(lost, 2):
            assert (one != other).mean() >= APART[stage.name]
        least = np.stack(lost).min(0)
        for manual, own in zip(manuals, lost, strict=True):
            text = base.text_of(manual.name)
            share = re.match(r"# Among the best of its stage in (\d+)% of 40 positions", text)
            assert share
            assert int(share[1]) == round(100 * float((own == least).mean()))
            assert int(share[1]) > 0


def test_what_was_cut_off_goes_on_to_the_same_files(
    built: Order, board: Map, tools: Tools, tmp_path: Path
) -> None:
    made = order(board, tmp_path / "base")
    news = (each for each in compose(made, tools) if isinstance(each, Filed))
    cut = list(itertools.islice(news, 6))  # in the midst of the third stage
    news.close()
    assert len(cut) == 6
    assert len(files(made.into)) < len(files(built.into))
    found = filed(compose(made, tools))
    assert files(made.into) == files(built.into)
    assert [each.is_new for each in found].count(True) == len(found) - 6
    again = filed(compose(made, tools))
    assert not any(each.is_new for each in again)
    assert len(again) == len(found)


def test_what_a_person_put_there_counts_where_it_passes(
    built: Order, board: Map, tools: Tools, tmp_path: Path
) -> None:
    made = order(board, tmp_path / "base")
    made = replace(made, counts={("orange", "move"): 2})
    prepare(made)
    text = next(text for name, text in files(built.into).items() if name.startswith("orange/move"))
    name = re.search(r'name = "(\w+)"', text)
    assert name
    mine = made.into / "orange" / "move" / "mine.toml"
    mine.parent.mkdir(parents=True)
    mine.write_text(text.replace(name[1], "mine"), encoding="utf-8")
    stale = made.into / "orange" / "move" / "stale.toml"
    shipped = built.source.text_of("dodge")
    stale.write_text(shipped.replace("dodge", "stale"), encoding="utf-8")
    news = list(compose(made, tools))
    assert [each.name for each in news if isinstance(each, Refused)] == ["stale"]
    first = filed(iter(news))[0]
    assert (first.name, first.is_new) == ("mine", False)
    assert stale.exists()


def test_a_folder_with_a_base_for_other_rules_is_left_alone(built: Order, tools: Tools) -> None:
    before = files(built.into)
    other = replace(built, map=read_map("ring", 8))
    with pytest.raises(FunctionBaseError, match="other rules"):
        list(compose(other, tools))
    assert files(built.into) == before


def test_the_agent_plays_the_map_with_it_and_sees_no_emergency(built: Order, board: Map) -> None:
    resources = Resources(Sources(functionbase=built.into, author=composer))
    try:
        for side in Side:
            specs = [PlayerSpec("ld" if each is side else "perfect") for each in Side]
            game = Game(GameRecord(board.starts(1, 2)[0], *specs, 3, "test"))
            players = {each: make_player(game.record.player(each), resources) for each in Side}
            while game.outcome is None and game.position.steps < 6:
                mover = players[game.position.to_move]
                events = tuple(mover.decide(game.position, game.history, 5))
                assert not any(isinstance(each, EmergencyRaised) for each in events)
                assert not any(isinstance(each, Rejected) and each.illegal for each in events)
                assert isinstance(events[-1], Decided)
                game.take(events)
    finally:
        resources.close()


def test_what_strikes_on_the_map_is_an_emergency_all_the_same(built: Order, board: Map) -> None:
    resources = Resources(Sources(functionbase=built.into, author=composer))
    try:
        start = board.starts(1, 2)[0]
        free = next(
            cell
            for cell in [(0, 0), (5, 5), (3, 0), (0, 2)]
            if cell not in (*start.blue, start.orange)
        )
        struck = strike(start, Roadblock((type(start.orange)(*free),), 9))
        player = make_player(PlayerSpec("ld", {"select": "first"}), resources)
        raised = next(iter(player.decide(struck, (), 5)))
        assert isinstance(raised, EmergencyRaised)
        assert raised.text.count("closed") == 1
    finally:
        resources.close()


def test_a_match_starts_on_a_map(tmp_path: Path) -> None:
    options = MatchOptions("greedy", "random", games=3, size=8, map="ring", seed=4)
    scores = list(run_match(options, Resources(Sources(cache=tmp_path))))
    assert len({score.start for score in scores}) == 3
    closed = ";".join(read_map("ring", 8).notation)
    assert all(score.start.endswith(closed) and score.par for score in scores)


def test_a_plan_that_plays_all_alone_is_a_whole_policy(tools: Tools) -> None:
    starts = read_map("ring", 8).starts(12, 1)
    always = Program("blue", "plan", "", ("strike",) * 3)
    never = Program("blue", "plan", "", ("hold",) * 3)
    assert is_whole_policy(always, starts, tools.table_of)
    assert not is_whole_policy(never, starts, tools.table_of)
    racetrack = read_map("racetrack", 8).starts(12, 1)
    escapes = [each for each in racetrack if not tools.table_of(World.of(each)).value(each)]
    assert not is_whole_policy(always, escapes, tools.table_of)


SHUT = """\
LETTERS = "abcdefghijklmnopqrst"


def NAME(state, previous):
    shut = set()
    for change in state["changes"]:
        for cell in change.partition(":")[2].split(","):
            shut.add((LETTERS.index(cell[0]), int(cell[1:]) - 1))
    x, y = state["orange"]
    size = state["size"]
    near = [(x - 1, y), (x, y - 1), (x, y + 1), (x + 1, y)]
    ways = [c for c in near if 0 <= min(c) and max(c) < size and c not in shut] or [(x, y)]
    return [SIGN(ways, key=lambda c: sum(abs(c[0] - a) + abs(c[1] - b) for a, b in state["blue"]))]
"""


def answer(source: str) -> str:
    return f"summary: Steps away.\nwhen: In any state.\n```python\n{source}```\n"


def named(server: Any, text: str) -> Any:
    """Answer with the name that was asked for."""

    def say(body: dict[str, Any]) -> Any:
        name = re.search(r"def (\w+)\(state", body["messages"][0]["content"])
        assert name
        return server.says(text.replace("NAME", name[1]))

    return say


def test_a_language_model_fills_a_stage_until_it_gives_up(
    board: Map, tools: Tools, tmp_path: Path, chat_server: Any
) -> None:
    far, near = (answer(SHUT.replace("SIGN", sign)) for sign in ("max", "min"))
    made = replace(order(board, tmp_path / "base"), counts={("orange", "move"): 3})
    endpoint = Endpoint(chat_server.url, "some-model")
    chat_server.script = [
        named(chat_server, far),  # admitted
        named(chat_server, far),  # a copy
        named(chat_server, near),  # the repair: admitted
        named(chat_server, "nonsense"),
    ]
    news = list(ask_for_base(made, tools, endpoint))
    found = filed(iter(news))
    assert len(found) == 2
    reasons = [each.reason for each in news if isinstance(each, Refused)]
    assert "worth the same as" in reasons[0]
    assert [each.name for each in news if isinstance(each, Refused)].count("given up") == 2
    base = load(made.into)
    assert {each.name for each in base.manuals} == {each.name for each in found}
    assert all(each.origin == "base" for each in base.manuals)
    assert all(each.provenance.author == "l-llm some-model" for each in base.manuals)
    assert "JUDGMENT\nIt joins the functions" in chat_server.asked[0]["messages"][0]["content"]
    # What is there already is not asked for again.
    chat_server.asked.clear()
    enough = replace(made, counts={("orange", "move"): 2})
    assert [each.is_new for each in filed(ask_for_base(enough, tools, endpoint))] == [False, False]
    assert chat_server.asked == []
