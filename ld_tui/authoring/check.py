"""The check that a function has to pass before it joins the function base.

It looks at the source, loads it in the sandbox, runs the manual's examples, and runs the function
on sampled positions, where each result has to be of its stage's type, legal where it is the move,
and the same in a fresh session. Every finding is yielded, so that an editor can show all at once.
"""

import ast
import random
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ld_tui.agent.events import Plain
from ld_tui.arena.pursuit import function_state, result_cells
from ld_tui.errors import FunctionBaseError, NotationError
from ld_tui.functionbase.manual import Example, Manual, one_line, read_manual
from ld_tui.functionbase.store import FunctionBase, Stage
from ld_tui.game.board import Cell, distance
from ld_tui.game.notation import format_position, parse_position
from ld_tui.game.rules import (
    DOTS,
    Move,
    Position,
    Rules,
    Side,
    apply,
    illegality,
    is_captured,
    legal_moves,
    open_cells,
)
from ld_tui.game.starts import random_start
from ld_tui.sandbox.run import MODULES, Ran, Result, Sandbox, TimedOut, describe_failure

POSITIONS = 60
"""Sampled positions on which a function is checked where nobody says otherwise."""
EXAMPLE_SEED = 0
"""The `state["seed"]` of every example."""

_TIMEOUTS = 3
"""Calls that run out of time after which no more are tried."""
_SIZES = (10, 10, 6, 20)
_TOP_LEVEL = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was looked at."""

    name: str
    """`manual`, `source`, `loads`, `examples`, `runs`, `type`, `legal` or `repeats`."""
    passed: bool
    detail: str
    """One line: what was found, where it failed with the place and what was wanted."""


def check_text(
    text: str, base: FunctionBase, sandbox: Sandbox, seed: int = 0, count: int = POSITIONS
) -> Iterator[CheckResult]:
    """Check a manual as it is written, as for `base`: its fields first, then `check_manual`."""
    manual, problems = read_manual(text)
    for problem in problems:
        place = f"{problem.key}: " if problem.key else ""
        yield CheckResult("manual", False, f"{place}{problem.what}; {problem.mend}")
    if manual is None:
        return
    try:
        base.plus(manual)
        stage = base.stage_of(manual)
    except FunctionBaseError as error:
        yield CheckResult("manual", False, str(error))
        return
    yield CheckResult("manual", True, "every field is well formed")
    yield from check_manual(manual, stage, sandbox, sample_positions(stage.side, count, seed), seed)


def check_manual(
    manual: Manual, stage: Stage, sandbox: Sandbox, positions: Sequence[Position], seed: int = 0
) -> Iterator[CheckResult]:
    """Yield the findings about a function, the cheap ones first.

    `positions` have the stage's side to move. Legality is judged by the rules in force in each of
    them, so a function of the base is checked on open boards, one for an emergency under it. The
    same arguments give the same findings.
    """
    wrong = list(source_problems(manual.name, manual.source))
    yield from (CheckResult("source", False, each) for each in wrong)
    if not wrong:
        yield CheckResult("source", True, f"defines {manual.name}(state, previous)")
    failure = sandbox.load(manual.name, manual.source)
    yield CheckResult("loads", failure is None, describe_failure(failure) if failure else "loads")
    if failure is not None:
        return
    bad = [
        found for example in manual.examples if (found := _example(manual, stage, example, sandbox))
    ]
    yield from (CheckResult("examples", False, each) for each in bad)
    if not bad:
        yield CheckResult("examples", True, f"{len(manual.examples)} as expected")
    yield from _on_positions(manual, stage, sandbox, positions, seed)


def source_problems(name: str, source: str) -> Iterator[str]:
    """Yield what is wrong with a source as text; nothing where it is a function as agreed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except SyntaxError as error:
        yield one_line(f"not Python: {error.msg} (line {error.lineno})")
        return
    except (ValueError, RecursionError, MemoryError):
        yield "not Python: it can't be read at all"
        return
    defined = [node for node in tree.body if getattr(node, "name", None) == name]
    if len(defined) != 1 or not isinstance(defined[0], ast.FunctionDef):
        yield f"has to define `def {name}(state, previous):` exactly once"
    elif ast.dump(_bare(defined[0].args)) != _AGREED or defined[0].decorator_list:
        yield f"{name} has to be `def {name}(state, previous):` (line {defined[0].lineno})"
    for node in tree.body:
        if not isinstance(node, _TOP_LEVEL) and not _is_text(node):
            yield (
                f"line {node.lineno}: outside of functions there are only imports, classes "
                "and constants"
            )
    for inner in ast.walk(tree):
        yield from _node_problems(inner)


def sample_positions(side: str, count: int = POSITIONS, seed: int = 0) -> tuple[Position, ...]:
    """Return positions on open boards of several sizes with `side` to move, the game not over.

    A third are random starts, a third come from some turns of random play, a third have the blue
    dots about orange, also several on one cell. The same arguments give the same positions.
    """
    rng = random.Random(f"check {side} {seed}")
    makers = (_at_start, _played, _huddled)
    found: list[Position] = []
    while len(found) < count:
        size = _SIZES[len(found) // len(makers) % len(_SIZES)]
        position = makers[len(found) % len(makers)](Rules(size=size), Side(side), rng)
        if not is_captured(position):
            found.append(position)
    return tuple(found)


def sample_previous(stage: Stage, position: Position, rng: random.Random) -> Plain:
    """Return a made-up result of the stage before as plain data; None where there is none."""
    if stage.result != "destinations":
        return None
    wanted = DOTS if position.to_move is Side.BLUE else 1
    options = (
        rng.choices(open_cells(position.base), k=wanted),
        [position.orange] * wanted,
        list(position.dots(position.to_move)),
    )
    chosen = [tuple(cell) for cell in options[rng.choice((0, 0, 1, 2))]]
    return chosen if position.to_move is Side.BLUE else chosen[0]


def _on_positions(
    manual: Manual, stage: Stage, sandbox: Sandbox, positions: Sequence[Position], seed: int
) -> Iterator[CheckResult]:
    """Yield how the function does on positions, each kind of failure with its first place."""
    rng = random.Random(f"previous {seed}")
    calls: list[tuple[Plain, ...]] = [
        (function_state(position, rng.randrange(2**31)), sample_previous(stage, position, rng))
        for position in positions
    ]
    alone: list[Result] = []
    for call in calls:
        alone.append(sandbox.run(manual.name, manual.source, call))
        if sum(isinstance(result, TimedOut) for result in alone) == _TIMEOUTS:
            break
    positions = positions[: len(alone)]
    ran = [at for at, result in enumerate(alone) if isinstance(result, Ran)]
    together = sandbox.run_many(manual.name, manual.source, [calls[at] for at in ran])
    again = dict(zip(ran, together, strict=True))
    failed: Counter[str] = Counter()
    first: dict[str, str] = {}
    for at, position in enumerate(positions):
        found = _judge(stage, position, alone[at], again.get(at, alone[at]))
        if found is not None:
            name, what = found
            failed[name] += 1
            first.setdefault(name, f"{format_position(position)}: {what}")
    names = ["runs", "type", "repeats"]
    if stage.result == "destinations":
        names.insert(2, "legal")
    for name in names:
        if failed[name]:
            detail = f"fails on {failed[name]} of {len(positions)} positions; {first[name]}"
            yield CheckResult(name, False, detail)
        else:
            yield CheckResult(name, True, f"on {len(positions)} positions")


def _judge(stage: Stage, position: Position, one: Result, other: Result) -> tuple[str, str] | None:
    """Return the name of the first check that fails in a position, and how; None where none."""
    if not isinstance(one, Ran):
        return "runs", describe_failure(one)
    if not isinstance(other, Ran) or other.value != one.value:
        return "repeats", f"gave {_shown(one)}, and after other calls {_shown(other)}"
    try:
        found = result_cells(stage.result, position, one.value)
    except ValueError as error:
        return "type", one_line(str(error))
    if stage.result == "destinations":
        move = Move(position.dots(position.to_move), found)
        if reason := illegality(position, move):
            return "legal", reason
    return None


def _example(manual: Manual, stage: Stage, example: Example, sandbox: Sandbox) -> str | None:
    """Say why an example fails; None where it gives what it should."""
    try:
        position = parse_position(example.position)
    except NotationError as error:
        return one_line(str(error))
    if position.to_move != stage.side:
        return f"{example.position}: {position.to_move} is to move, not {stage.side}"
    if (example.previous is None) != (stage.result != "destinations"):
        wants = "has no" if example.previous is not None else "needs a"
        return f"{example.position}: an example of the stage {stage.name} {wants} `previous`"
    arguments = (function_state(position, EXAMPLE_SEED), example.previous)
    outcome = sandbox.run(manual.name, manual.source, arguments)
    if not isinstance(outcome, Ran):
        return f"{example.position}: {describe_failure(outcome)}"
    gave, wanted = _lists(outcome.value), _lists(example.result)
    if gave != wanted:
        return one_line(f"{example.position}: gave {gave}, expected {wanted}")
    try:
        result_cells(stage.result, position, outcome.value)
    except ValueError as error:
        return one_line(f"{example.position}: {error}")
    return None


def _node_problems(node: ast.AST) -> Iterator[str]:
    modules: list[str] = []
    match node:
        case ast.Import(names=names):
            modules = [alias.name for alias in names]
        case ast.ImportFrom(module=module):
            modules = [module or "."]
        case ast.Global():
            yield f"line {node.lineno}: `global` keeps state between calls; return what matters"
    for module in modules:
        if module.split(".")[0] not in MODULES:
            line = getattr(node, "lineno", 0)
            what = module if len(module) <= 40 else f"{module[:37]}..."
            yield f"line {line}: a function can't import {what}; use {', '.join(MODULES)}"


def _bare(arguments: ast.arguments) -> ast.arguments:
    """Drop annotations, which don't matter."""
    for argument in arguments.args:
        argument.annotation = None
    return arguments


def _dump(code: str) -> str:
    tree = ast.parse(code, mode="eval").body
    assert isinstance(tree, ast.Lambda)
    return ast.dump(tree.args)


_AGREED = _dump("lambda state, previous: 0")


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _shown(result: Result) -> str:
    match result:
        case Ran(value=value):
            return one_line(repr(value))
        case failure:
            return describe_failure(failure)


def _lists(value: Plain) -> Plain:
    if isinstance(value, list | tuple):
        return [_lists(item) for item in value]
    return value


def _at_start(rules: Rules, side: Side, rng: random.Random) -> Position:
    start = random_start(rng, rules)
    return Position(start.blue, start.orange, to_move=side, base=rules)


def _played(rules: Rules, side: Side, rng: random.Random) -> Position:
    position = random_start(rng, rules)
    for _ in range(2 * rng.randint(1, 6) + (side is Side.ORANGE)):
        following = apply(position, rng.choice(legal_moves(position)))
        if is_captured(following):
            return _at_start(rules, side, rng)
        position = following
    return position


def _huddled(rules: Rules, side: Side, rng: random.Random) -> Position:
    corner = Cell(rng.choice((0, rules.size - 1)), rng.choice((0, rules.size - 1)))
    orange = corner if rng.random() < 0.25 else rng.choice(open_cells(rules))
    near = [cell for cell in open_cells(rules) if distance(cell, orange) <= 4]
    blue = rng.choices(near, k=DOTS)
    return Position(tuple(blue), orange, to_move=side, base=rules)
