"""Composed programs: numpy walks as the base's own functions do; held-out words stay apart."""

import random
from dataclasses import replace

import numpy as np
import pytest

from ld_tui import paths
from ld_tui.arena.pursuit import function_state
from ld_tui.authoring.evaluate import States, plan
from ld_tui.authoring.space import CONDITIONS, Program, narrowed, sample
from ld_tui.authoring.walking import MOVERS, is_legal, walk, walk_blue, walk_orange
from ld_tui.authoring.wording import wording
from ld_tui.errors import RulesError
from ld_tui.functionbase.store import load
from ld_tui.game.board import Cell
from ld_tui.game.describe import state_text
from ld_tui.game.emergencies import KINDS, strike
from ld_tui.game.rules import Move, Position, Rules, Side, apply, illegality
from ld_tui.game.schedule import random_emergency
from ld_tui.game.starts import random_start
from ld_tui.sandbox.run import Ran, Sandbox

STAGES = [(side, stage) for side in ("blue", "orange") for stage in ("plan", "move")]


def positions(side: Side, count: int, seed: int) -> list[Position]:
    """Return positions of several sizes, with that side to move."""
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        position = random_start(rng, Rules(size=rng.choice((6, 8, 10))))
        if side is Side.ORANGE:
            position = apply(position, Move(position.blue, position.blue))
        found.append(position)
    return found


def some_program(side: str, stage: str, rng: random.Random) -> Program:
    """Return a program for all states or for some only."""
    program = sample(side, stage, rng)
    return narrowed(program, rng) if rng.random() < 0.5 else program


def struck(position: Position, rng: random.Random) -> Position:
    """Return a position under one to three emergencies of any kind."""
    for kind in rng.choices(KINDS, k=rng.randint(1, 3)):
        try:
            position = strike(position, random_emergency(kind, position, rng))
        except RulesError:
            continue  # a second storm on a small board, a third jam
    return position


@pytest.mark.parametrize("side", list(Side))
def test_the_base_movers_walk_alike_in_the_sandbox_and_in_numpy(side: Side) -> None:
    base = load(paths.packaged_functionbase())
    rng = random.Random(3)
    found = positions(side, 25, 5)
    states = States.of(found)
    dots = 3 if side is Side.BLUE else 1
    targets = [
        [(rng.randrange(p.base.size), rng.randrange(p.base.size)) for _ in range(dots)]
        for p in found
    ]
    previous = np.array(targets)
    with Sandbox() as sandbox:
        for name, way in MOVERS[str(side)].items():
            if side is Side.BLUE:
                got = walk_blue(states, previous, *way)
            else:
                got = walk_orange(states, previous[:, 0], *way)[:, None]
            manual = base.get(name)
            assert manual is not None
            for at, position in enumerate(found):
                given = targets[at] if side is Side.BLUE else targets[at][0]
                ran = sandbox.run(name, manual.source, (function_state(position, 0), given))
                assert isinstance(ran, Ran), ran
                assert [tuple(cell) for cell in ran.value] == [tuple(c) for c in got[at].tolist()]


@pytest.mark.parametrize(("side", "stage"), STAGES)
def test_programs_stay_on_the_board_and_their_moves_are_legal(side: str, stage: str) -> None:
    rng = random.Random(f"{side} {stage}")
    found = positions(Side(side), 30, 2)
    states = States.of(found)
    top = states.top.reshape(-1, *(1,) * (2 if side == "blue" else 1))
    goals = plan(states, sample(side, "plan", rng))
    for _ in range(20):
        program = sample(side, stage, rng)
        result = plan(states, program) if stage == "plan" else walk(states, program, goals)
        assert ((result >= 0) & (result <= top)).all()
        if stage == "move":
            for position, cells in zip(found, result.reshape(len(found), -1, 2), strict=True):
                targets = tuple(type(position.orange)(*map(int, cell)) for cell in cells)
                move = Move(position.dots(position.to_move), targets)
                assert illegality(position, move) is None


def test_conditions_are_those_that_the_state_text_names() -> None:
    rng = random.Random(8)
    found = positions(Side.BLUE, 200, 7)
    for kind in ("fog", "sprint"):
        for at in rng.sample(range(200), 60):
            found[at] = strike(found[at], random_emergency(kind, found[at], rng))
    for at, position in enumerate(found):  # orange leaves the cell where it was seen
        away = replace(position, orange=random_start(rng, position.base).orange)
        found[at] = away if rng.random() < 0.5 else position
    states = States.of(found)
    texts = [set(state_text(position, "plan").split()) for position in found]
    named = {
        "near_touching": {"touching", "poised"},
        "near_loose": {"close", "loose"},
        "mid_near": {"holding", "paired"},
        "mid_lagging": {"trailing", "lagging"},
        "far_joined": {"joined", "rejoining"},
        "far_straggling": {"straggling", "distant"},
        "bunched": {"bunched"},
        "scattered": {"scattered"},
        "center": {"center"},
        "space": {"space"},
        "unseen": {"unseen"},
        "fast": {"fast"},
    }
    for condition, words in named.items():
        holds = states.holds(condition).tolist()
        said = [bool(words & text) for text in texts]
        assert holds == said, condition
    for holds, text in zip(states.holds("walled").tolist(), texts, strict=True):
        assert holds <= bool(text & {"edge", "cornered", "nook"})
        assert holds >= bool(text & {"edge", "cornered"})
    for condition in CONDITIONS:
        assert 0 < states.holds(condition).sum() < len(found)


@pytest.mark.parametrize(("side", "stage"), STAGES)
def test_held_out_words_are_in_no_training_wording(side: str, stage: str) -> None:
    rng = random.Random(1)
    lasts = [ways[-1] for ways in CONDITIONS.values()]
    for _ in range(200):
        text = wording(some_program(side, stage, rng), rng)
        assert text
        assert not any(last in text for last in lasts)
        assert not text.startswith(("no matter what", "where "))
        assert "but where" not in text


@pytest.mark.parametrize(("side", "stage"), STAGES)
def test_held_out_sentences_have_no_word_of_their_own(side: str, stage: str) -> None:
    """They test how well sentences are read, not words."""
    rng = random.Random(2)
    taught: set[str] = set()
    for _ in range(4000):
        taught.update(wording(some_program(side, stage, rng), rng).split())
    for _ in range(200):
        words = wording(some_program(side, stage, rng), rng, new_structure=True).split()
        assert taught.issuperset(words)


@pytest.mark.parametrize(("side", "stage"), STAGES)
def test_a_narrow_program_wastes_its_turn_where_its_condition_does_not_hold(
    side: str, stage: str
) -> None:
    rng = random.Random(f"one {side} {stage}")
    found = positions(Side(side), 60, 4)
    states = States.of(found)
    goals = plan(states, sample(side, "plan", rng))
    seen = set()
    for _ in range(40):
        program = narrowed(replace(sample(side, stage, rng), deal="roles"), rng)
        always = replace(program, condition="")
        assert program.condition
        holds = states.holds(program.condition)
        seen |= set(holds.tolist())
        if stage == "plan":
            result, within = plan(states, program), plan(states, always)
            elsewhere = states.blue if side == "blue" else states.dot("far")
        else:
            result, within = walk(states, program, goals), walk(states, always, goals)
            if side == "blue":
                elsewhere = walk_blue(states, states.blue, "target", "inner", "given")
            else:
                elsewhere = walk_orange(states, states.dot("far"), "none", "none")
        assert (result[holds] == within[holds]).all()
        assert (result[~holds] == elsewhere[~holds]).all()
    assert seen == {True, False}


def test_a_program_says_which_condition_and_which_action_it_has() -> None:
    program = Program("blue", "plan", "walled", ("strike", "hold", "hold"))
    text = wording(program, random.Random(2))
    assert "orange" in text
    assert "near dot" in text
    assert "mid" in text
    assert "far" in text


def test_numpy_and_the_rules_agree_on_what_is_legal() -> None:
    rng = random.Random(9)
    for side in Side:
        found, ends = [], []
        while len(found) < 300:
            position = random_start(rng, Rules(size=rng.choice((6, 8))))
            if rng.random() < 0.9:
                position = struck(position, rng)
            if side is Side.ORANGE:
                position = apply(position, Move(position.blue, position.blue))
            reach = position.rules.units(side)
            ends.append(
                [
                    rng.choice(
                        [
                            (x + a, y + b)
                            for a in range(-2, 3)
                            for b in range(-2, 3)
                            if abs(a) + abs(b) in (reach, reach, 0)
                        ]
                    )
                    for x, y in position.dots(side)
                ]
            )
            found.append(position)
        states = States.of(found)
        shaped = np.array(ends) if side is Side.BLUE else np.array(ends)[:, 0]
        legal = is_legal(states, str(side), shaped).tolist()
        for position, cells, said in zip(found, ends, legal, strict=True):
            move = Move(position.dots(side), tuple(Cell(*cell) for cell in cells))
            assert (illegality(position, move) is None) is said, (position, move)
        assert 0 < sum(legal) < len(found)
