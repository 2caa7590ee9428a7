"""What functions are worth, measured on small boards with small function bases."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ld_tui import paths
from ld_tui.arena.chains import Chains, move_costs
from ld_tui.bench.alone import GREEDY, ORACLE, Duels
from ld_tui.bench.functions import measure, render, value_command, value_report
from ld_tui.bench.states import sample_states
from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import Example, Manual, Provenance, format_manual
from ld_tui.functionbase.store import FunctionBase, load
from ld_tui.game.notation import parse_position
from ld_tui.game.rules import Rules, Side, apply, is_captured, legal_moves
from ld_tui.game.starts import starts
from ld_tui.sandbox.run import Sandbox
from ld_tui.tablebase.table import Table
from ld_tui.tablebase.tables import Tables

SIZE = 6

SOURCES = {
    ("blue", "plan", "at_orange"): 'return [state["orange"]] * 3',
    ("blue", "plan", "at_home"): 'return state["blue"]',
    ("blue", "move", "closest"): """size, moves = state["size"], []
    for (x, y), (tx, ty) in zip(state["blue"], previous):
        cells = [(x + a, y + b) for a in range(-2, 3) for b in (2 - abs(a), abs(a) - 2)]
        cells = [(a, b) for a, b in cells if 0 <= a < size and 0 <= b < size]
        moves.append(min(cells, key=lambda c: (abs(c[0] - tx) + abs(c[1] - ty), c)))
    return moves""",
    ("blue", "move", "broken"): "return previous[3]",
    ("orange", "plan", "corner"): "return 0, 0",
    ("orange", "move", "along_row"): """x, y = state["orange"]
    return [(x - 1 if x > previous[0] else x + 1 if x < state["size"] - 1 else x - 1, y)]""",
    ("orange", "move", "off_board"): "return [(-1, 0)]",
}


@pytest.fixture(scope="module")
def table() -> Table:
    return Tables().for_rules(Rules(size=SIZE))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as opened:
        yield opened


@pytest.fixture(scope="module")
def shipped() -> FunctionBase:
    return load(paths.packaged_functionbase())


@pytest.fixture
def base(tmp_path: Path, shipped: FunctionBase) -> FunctionBase:
    """A function base of six functions; one of them raises, one is always illegal."""
    (tmp_path / "stages.toml").write_text((shipped.folder / "stages.toml").read_text("utf-8"))
    for (side, stage, name), body in SOURCES.items():
        manual = Manual(
            name,
            side,
            stage,
            "Goes there.",
            "At any time.",
            "user",
            Provenance("test", "2026-01-31"),
            f"def {name}(state, previous):\n    {body}\n",
            (Example("6 a1,b2,c3 f5 b 0 0,0 -", 0),),
        )
        path = tmp_path / side / stage / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(format_manual(manual))
    found = load(tmp_path)
    assert not found.problems
    return found


@pytest.fixture
def chains(base: FunctionBase, sandbox: Sandbox) -> dict[Side, Chains]:
    return {side: Chains(base, side, sandbox) for side in Side}


def test_a_chain_is_a_function_of_each_stage(chains: dict[Side, Chains]) -> None:
    position = parse_position("6 a1,c3,f6 c5 b 0 0,0 -")
    moves = chains[Side.BLUE].moves([position])
    assert moves.shape == (1, 2, 2)
    plans = [manual.name for manual in chains[Side.BLUE].manuals[0]]
    movers = [manual.name for manual in chains[Side.BLUE].manuals[1]]
    straight = moves[0, plans.index("at_orange"), movers.index("closest")]
    assert straight.targets == parse_position("6 a3,c5,d6 c5 o 0 0,0 -").blue
    assert moves[0, :, movers.index("broken")].tolist() == [None, None]
    assert chains[Side.BLUE].failures == {"broken": 2}


def test_one_function_of_a_stage_can_be_kept(chains: dict[Side, Chains]) -> None:
    positions = starts(3, 1, Rules(size=SIZE))
    every = chains[Side.BLUE].moves(positions)
    some = chains[Side.BLUE].moves(positions, (1, None))
    assert some.shape == (3, 1, 2)
    assert some.tolist() == every[:, 1:].tolist()


@pytest.mark.parametrize("side", list(Side))
def test_costs_are_the_values_of_the_tablebase(table: Table, side: Side) -> None:
    rng = random.Random(3)
    for position in starts(8, 2, Rules(size=SIZE)):
        if side is Side.ORANGE:
            position = apply(position, rng.choice(legal_moves(position)))
        analysis = table.analysis(position)
        moves = np.array([[*(each.move for each in analysis.moves), None]], dtype=object)
        costs = move_costs(table, [position], moves)[0]
        sign = 1 if side is Side.BLUE else -1
        assert costs.tolist() == [*(sign * (each.value or 0) for each in analysis.moves), np.inf]


@pytest.mark.parametrize("side", list(Side))
def test_states_are_open_and_the_same_for_the_same_seed(
    chains: dict[Side, Chains], table: Table, side: Side
) -> None:
    states = sample_states(chains, table, side, 60, 5)
    assert len(states) == 60
    assert all(each.to_move is side and not is_captured(each) for each in states)
    assert any(each.steps > 0 for each in states), "no state was visited in a game"
    assert states == sample_states(chains, table, side, 60, 5)
    assert states != sample_states(chains, table, side, 60, 6)


def test_a_function_that_fails_is_never_best(chains: dict[Side, Chains], table: Table) -> None:
    positions = sample_states(chains, table, Side.BLUE, 40, 1)
    chains[Side.BLUE].calls.clear()
    chains[Side.BLUE].failures.clear()
    stages, functions = measure(chains[Side.BLUE], table, positions)
    found = {each.name: each for each in functions}
    assert [stage.stage for stage in stages] == ["plan", "move"]
    assert (found["broken"].failed, found["broken"].best) == (1.0, 0.0)
    assert found["broken"].regret is None
    assert (found["closest"].failed, found["closest"].only) == (0.0, 1.0)


def test_shares_agree_with_each_other(chains: dict[Side, Chains], table: Table) -> None:
    positions = sample_states(chains, table, Side.BLUE, 40, 1)
    (plan, _), functions = measure(chains[Side.BLUE], table, positions)
    straight, home = (
        next(each for each in functions if each.name == name) for name in ("at_orange", "at_home")
    )
    assert 0 < plan.decisive <= 1
    assert plan.best_regret >= 0
    # Where two functions differ, exactly one of them is best, so best is only best.
    assert straight.best == straight.only == straight.nearly_only
    assert straight.best + home.best == pytest.approx(1)
    assert (straight.regret or 0) < (home.regret or 0)


def test_perfect_play_takes_par(table: Table) -> None:
    duels = Duels(table, starts(6, 1, Rules(size=SIZE)))
    play = duels.play(Side.BLUE, "perfect", lambda found: [table.best_move(each) for each in found])
    assert (play.captured, play.ratio) == (1.0, 1.0)


def test_a_function_that_paces_for_ever_is_counted_to_the_limit(
    chains: dict[Side, Chains], table: Table
) -> None:
    beginnings = starts(6, 1, Rules(size=SIZE))
    names = [manual.name for manual in chains[Side.BLUE].manuals[0]]
    play = Duels(table, beginnings).play_functions(chains[Side.BLUE], names.index("at_home"))
    par = np.mean([table.value(each) or 0 for each in beginnings])
    assert play.captured == 0
    assert play.ratio == play.fixed == pytest.approx(100 / par)


def test_the_best_choice_among_all_plays_no_worse_than_one(
    chains: dict[Side, Chains], table: Table
) -> None:
    duels = Duels(table, starts(6, 1, Rules(size=SIZE)))
    oracle = duels.play_functions(chains[Side.BLUE])
    assert oracle.who == ORACLE
    assert oracle.fixed is None
    one = duels.play_functions(chains[Side.BLUE], 1)
    assert 1 <= oracle.ratio <= one.ratio


def test_the_same_seed_gives_the_same_report(base: FunctionBase, sandbox: Sandbox) -> None:
    tables = Tables()
    first = value_report(base, tables, sandbox, states=20, seed=4, size=SIZE, starts=3)
    assert first == value_report(base, tables, sandbox, states=20, seed=4, size=SIZE, starts=3)
    assert [play.who for play in first.plays if play.side == "blue"] == [
        ORACLE,
        GREEDY,
        "at_home",
        "at_orange",
    ]
    assert len(first.functions) == len(SOURCES)
    assert render(first).renderables


def test_a_stage_without_functions_is_refused(shipped: FunctionBase, sandbox: Sandbox) -> None:
    with pytest.raises(FunctionBaseError, match="blue/plan has no function"):
        Chains(replace(shipped, manuals=()), Side.BLUE, sandbox)


def test_the_command_prints_one_json_object(
    base: FunctionBase, capsys: pytest.CaptureFixture[str]
) -> None:
    assert value_command(base.folder, states=10, size=SIZE, seed=2, as_json=True, starts=2) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["size"], report["states"], report["seed"]) == (SIZE, 10, 2)
    assert {each["name"] for each in report["functions"]} == {name for _, _, name in SOURCES}


def test_the_command_prints_a_line_for_each_function(
    base: FunctionBase, capsys: pytest.CaptureFixture[str]
) -> None:
    assert value_command(base.folder, states=10, size=SIZE, seed=2, starts=2) == 0
    out = capsys.readouterr().out
    assert all(name in out for _, _, name in SOURCES)


def test_no_shipped_function_fails_on_an_open_board(
    shipped: FunctionBase, sandbox: Sandbox, table: Table
) -> None:
    both = {side: Chains(shipped, side, sandbox) for side in Side}
    for side in Side:
        positions = sample_states(both, table, side, 40, 1)
        stages, functions = measure(both[side], table, positions)
        assert [each.name for each in functions if each.failed] == []
        assert all(stage.best_regret < 0.2 for stage in stages)


@pytest.mark.slow
def test_shipped_functions_are_tactics_and_together_near_par(
    shipped: FunctionBase, sandbox: Sandbox
) -> None:
    """On the default board: each is best somewhere, none is a policy, well chosen they are."""
    report = value_report(shipped, Tables(), sandbox, states=1500, seed=1, starts=50)
    assert [each.name for each in report.functions if not 0.02 < each.best < 0.95] == []
    plans = {side: shipped.manuals_of(str(side), "plan") for side in Side}
    assert len(plans[Side.BLUE]) >= 12
    assert len(plans[Side.ORANGE]) >= 8
    for play in report.plays:
        ratios = [play.ratio] if play.fixed is None else [play.ratio, play.fixed]
        if play.who == ORACLE:
            assert 0.99 <= play.ratio <= 1.03
        elif play.who != GREEDY and play.side == "blue":
            assert min(ratios) > 1.15, f"{play.who} is a policy"
        elif play.who != GREEDY:
            assert max(ratios) < 0.98, f"{play.who} is a policy"
