"""What the engine does for editors: checks, searches and counts, while models load or can't."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from ld_tui import paths
from ld_tui.agent.loop import Settings
from ld_tui.arena.game import Game
from ld_tui.arena.match import play_out
from ld_tui.arena.players import LdPlayer, RandomPlayer
from ld_tui.arena.resources import Resources, Sources
from ld_tui.arena.saves import write_save
from ld_tui.arena.usage import usage
from ld_tui.engine.server import serve
from ld_tui.functionbase.store import load
from ld_tui.game.notation import parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Side

TEXT = load(paths.packaged_functionbase()).text_of("pincer_row")
EXAMPLES = Path(__file__).parents[2] / "saves" / "examples"


@pytest.fixture
def resources(tmp_path: Path) -> Resources:
    """The shipped parts, but no S-LLM."""
    return Resources(Sources(model=tmp_path / "none.gguf", cache=tmp_path))


def ask(resources: Resources, **fields: Any) -> dict[str, Any]:
    """Return the answer to one request."""
    answers = io.BytesIO()
    line = json.dumps({"id": 1, **fields}).encode() + b"\n"
    assert serve(io.BytesIO(line), answers, resources) == 0
    found = [json.loads(each) for each in answers.getvalue().splitlines()]
    (answer,) = [each for each in found if each["id"] == 1]
    return answer


def test_a_text_is_checked_with_every_finding_on_its_line(resources: Resources) -> None:
    answer = ask(resources, type="check", text=TEXT, opened="pincer_row")
    assert (answer["event"], answer["good"], answer["unknown"]) == ("report", True, [])
    assert {each["check"] for each in answer["findings"]} >= {"examples", "runs", "repeats"}
    bad = TEXT.replace("on both", "besieged on both").replace("    top", "    import os\n    top")
    answer = ask(resources, type="check", text=bad, opened="pincer_row", play=False)
    wrong = [each for each in answer["findings"] if not each["passed"]]
    assert not answer["good"]
    assert wrong[0]["line"] == bad.split("\n").index("    import os") + 1
    assert answer["unknown"] == ["besieged"]
    assert "runs" not in {each["check"] for each in answer["findings"]}


def test_functions_are_found_by_meaning(resources: Resources) -> None:
    answer = ask(resources, type="search", text="run to the far corner", k=4)
    assert answer["event"] == "found"
    assert "far_corner" in answer["names"]
    assert len(answer["names"]) == len(answer["distances"]) == 4
    assert answer["distances"] == sorted(answer["distances"])


def test_uses_are_counted_and_losses_known_where_the_board_is_solved(resources: Resources) -> None:
    answer = ask(resources, type="usage", saves=str(EXAMPLES))
    uses = answer["functions"]
    assert answer["event"] == "usage"
    assert uses["pincer_row"]["retrieved"] >= uses["pincer_row"]["chosen"] > 0
    assert {use["regret"] for use in uses.values()} == {None}
    assert ask(resources, type="usage", saves=str(EXAMPLES / "none"))["functions"] == {}


def test_a_solved_board_tells_what_turns_lost(tmp_path: Path) -> None:
    resources = Resources(Sources(cache=tmp_path / "cache"))
    start = parse_position("6 a1,b1,f6 d4 b 0 0,0 -")
    game = Game(GameRecord(start, PlayerSpec("ld", {}), PlayerSpec("random", {}), 1, "test"))
    agent = LdPlayer(resources.agent(with_llm=False), Settings(select="first"))
    play_out(game, {Side.BLUE: agent, Side.ORANGE: RandomPlayer()})
    write_save(tmp_path / "game.toml", game.record)
    assert not resources.is_solved(start)
    resources.table(start)
    found = usage(tmp_path, resources)
    resources.close()
    blue = sum(turn.side is Side.BLUE for turn in game.record.turns)
    assert sum(use.chosen for use in found.values()) == 2 * blue
    assert all(use.known == use.chosen for use in found.values())
    assert all(use.regret is None or use.regret >= 0 for use in found.values())
