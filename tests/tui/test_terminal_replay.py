"""A replay in a real terminal (tmux) with the real models: step, jump, branch, play a move."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ld_tui.arena.saves import list_saves, read_save
from tests.tui.test_terminal import Terminal, terminal
from tests.tui.tmux import step_of

__all__ = ["terminal"]
pytestmark = pytest.mark.slow
EXAMPLES = Path(__file__).parents[2] / "saves" / "examples"


def test_a_game_is_replayed_branched_and_played_on(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    saves = tmp_path / "saves"
    shutil.copytree(EXAMPLES, saves)
    one = terminal("replay", str(saves), "--saves", str(saves))
    one.until("3 games")
    one.press("Escape")
    one.until("Play blue")
    one.press("F10")
    assert one.exit_status() == 0

    game = saves / "roadblock.toml"
    one = terminal("replay", str(game), "--saves", str(saves))
    one.until("turn  0/15")
    one.press("Right", "Right")
    one.until("turn  2/15")
    one.until("1 turning point", "no better move")
    one.press("t")
    shown = one.until("1 by the functions")
    assert "turn  4/15" in shown
    assert "lost 1 step; best was g2g3" in shown
    one.press("Home", "e")
    one.until("turn  2/15")
    one.press("c")
    one.until("From here")
    one.press("b")
    one.until("dot 1,")
    assert step_of(one.screen()) == 2
    one.press("h")
    one.until("a best move")
    one.press("Enter")
    one.until(lambda text: step_of(text) == 3, " wins")
    one.press("q")
    assert one.exit_status() == 0
    (branch,) = [entry for entry in list_saves(saves) if "-branch-" in entry.path.name]
    record = read_save(branch.path)
    assert (record.parent.game, record.parent.ply) == ("roadblock.toml", 2)
    assert record.turns[:2] == read_save(game).turns[:2]
    assert record.blue.kind == "human"
    assert len(record.turns) == 4


def test_without_an_emergency_and_with_another_k_it_goes_otherwise(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    one = terminal("replay", str(EXAMPLES / "roadblock.toml"))
    one.until("turn  0/15")
    one.press("Right", "Right", "x")
    one.until("What if")
    one.press("e", "k", "k")
    one.until("K 2, no emergency")
    one.press("g")
    shown = one.until("differs first", "the same moves")
    assert "what if: K 2, no emergency" in shown
    assert "as it was" in shown
    one.press("q")
    assert one.exit_status() == 0
