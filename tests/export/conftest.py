"""Games to export: one with everything in it, and one whose every text is an attack."""

from collections.abc import Sequence

import pytest

from ld_tui.agent.events import (
    Decided,
    EmergencyRaised,
    Event,
    Executed,
    FunctionAdmitted,
    FunctionDrafted,
    FunctionRefused,
    Rejected,
    Retrieved,
    Selected,
    StageBegan,
)
from ld_tui.arena.game import Game
from ld_tui.export.worth import Worth, Worths
from ld_tui.game.board import parse_cell
from ld_tui.game.emergencies import Fog, Jam, Roadblock, Sprint, Storm
from ld_tui.game.notation import parse_move, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Side

ATTACK = (
    "</code></pre></title></style><script>alert(1)</script>"
    "<img src=http://evil.example/x onerror=alert(2)>\" onload='alert(3)' ]]><!-- &amp; "
    "\x1b[2J\x1b]0;pwned\x07\u202e"
)
"""Markup, attributes, escape sequences and a change of direction."""


def decision(move: str, text: str = "") -> Sequence[Event]:
    """Return the events of a decision with a function written in it, `text` wherever one fits."""
    name = text or "round_the_block"
    manual = text or 'name = "round_the_block"\nsource = """\ndef f(state):\n    return 1\n"""\n'
    return (
        StageBegan(1, 2, text or "plan", text or "Where should the dots head?", text or "center"),
        Retrieved(
            1, ("encircle", "corner"), (0.61, 0.72), (text or "Surround.", "Drive."), 1.0, ()
        ),
        Selected(1, "encircle", ("corner", "encircle"), (0.25, 0.75), text or "s-llm", 9.0),
        Executed(1, "encircle", [[1, 2], [3, 4], [5, 6]], text or "b3 d5 f7", 0.3),
        StageBegan(2, 2, "move", "How should they step?", "near to N2 E0"),
        EmergencyRaised("rules", text or "cells closed", text or "composer"),
        FunctionDrafted(2, name, text or "composer", "s", "w", "def f(): ...", 1),
        FunctionRefused(2, text or "first_try", text or "loses 2 steps", 1),
        FunctionAdmitted(2, name, text or "roadblock", text or "loses 0.1 steps", manual, 5.0),
        Retrieved(2, ("march", name), (0.5, 0.6), ("Go.", "Around."), 1.0, (name,)),
        Selected(2, "march", ("march", name), (0.9, 0.1), "s-llm", 9.0),
        Rejected(2, "march", text or "c4 to d5: d5 is closed", True),
        Selected(2, name, (name,), (1.0,), "only", 0.0),
        Executed(2, name, [[1, 1]], move, 0.3),
        Decided(move, 20.0),
    )


@pytest.fixture
def known() -> Worths:
    """What the example roadblock.toml was worth, as the tablebase found it."""
    values = (8, 8, 8, 8, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 0)
    return {
        ply: Worth(value, value - (ply == 3), int(ply == 3), "g2f2")
        for ply, value in enumerate(values)
    }


@pytest.fixture
def eventful() -> GameRecord:
    """A game with every emergency, a written function, illegal choices and an end."""
    start = parse_position("8 a2,c4,h7 f5 b 0 0,0 -")
    game = Game(GameRecord(start, PlayerSpec("ld", {"k": 5}), PlayerSpec("human"), 3))
    game.strike(Roadblock((parse_cell("e4"),), 9))
    game.take(decision("a2b3 c4d5 h7g6"))
    game.strike(Jam(1, 9))
    game.strike(Sprint(9))
    game.charge_illegal(Side.ORANGE, "off the board")
    game.play_turn(parse_move("f5g4"))
    game.strike(Storm(1, 9))
    game.strike(Fog(1, parse_cell("g4"), 9))
    game.play_turn(parse_move("b3b5 d5d5 g6f5"))
    game.play_turn(parse_move("g4g2"))
    game.resign(Side.ORANGE)
    return game.record


@pytest.fixture
def hostile() -> GameRecord:
    """A game whose players, manuals and reasons attack whoever shows them."""
    start = parse_position("8 a2,c4,h7 f5 b 0 0,0 -")
    settings = {"select": ATTACK, ATTACK: 1}
    game = Game(GameRecord(start, PlayerSpec(ATTACK, settings), PlayerSpec(f"llm:{ATTACK}"), 3))
    game.take(decision("a2b3 c4d5 h7g6", ATTACK))
    game.charge_illegal(Side.ORANGE, ATTACK)
    game.play_turn(parse_move("f5f4"))
    return game.record
