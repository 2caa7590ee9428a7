"""Composed programs as readable Python: the very functions that `evaluate.py` runs in numpy.

A source is the function and those helpers that it calls, nothing else; it runs in the sandbox as
any function of the base does.
"""

import re

from ld_tui.authoring.helpers import HELPERS
from ld_tui.authoring.space import AND, Program

_CONDITIONS = {
    "near_touching": "gaps(state)[0] <= 2",
    "near_loose": "gaps(state)[0] > 2",
    "mid_near": "gaps(state)[1] <= 3",
    "mid_lagging": "gaps(state)[1] > 3",
    "far_joined": "gaps(state)[2] <= 5",
    "far_straggling": "gaps(state)[2] > 5",
    "bunched": "spread(state) <= 2",
    "scattered": "spread(state) > 6",
    "center": "min(room(state).values()) > 1",
    "walled": "min(room(state).values()) == 0",
    "space": "room(state)[flight(state)] > 3",
    "confined": "room(state)[flight(state)] <= 3",
    "unseen": 'state["unseen"]',
    "fast": 'any(change[:6] == "sprint" for change in state["changes"])',
}
# A side of orange -> the step that leads there, and whether it is to be turned back.
_SIDES = {
    "north": ("(0, 1)", 1),
    "east": ("(1, 0)", 1),
    "south": ("(0, -1)", 1),
    "west": ("(-1, 0)", 1),
    "ahead": ("flight(state)", 1),
    "behind": ("flight(state)", -1),
    "left": ("left(flight(state))", 1),
    "right": ("left(flight(state))", -1),
    "inner": ("wall(state)", -1),
    "outer": ("wall(state)", 1),
    "along": ("along(state)", 1),
    "back": ("along(state)", -1),
    "beyond": ("beyond(state, dot(state, 0))", 1),
    "shadow": ("beyond(state, dot(state, 2))", 1),
}
_ROLES = {"near": 0, "mid": 1, "far": 2}
_TIES = {
    "inner": "abs(2 * cell[0] - top) + abs(2 * cell[1] - top)",
    "outer": "-abs(2 * cell[0] - top) - abs(2 * cell[1] - top)",
    "long_leg": "max(abs(cell[0] - target[0]), abs(cell[1] - target[1]))",
    "short_leg": "min(abs(cell[0] - target[0]), abs(cell[1] - target[1]))",
    "close": 'gap(cell, state["orange"])',
    "wide": '-gap(cell, state["orange"])',
    "apart": "-gap(cell, dot(state, 2))",
}
_ORANGE_TIES = _TIES | {"none": "False", "apart": '-max(gap(cell, dot) for dot in state["blue"])'}
_DANGERS = {
    "none": "False",
    "beside": 'min(gap(cell, dot) for dot in state["blue"]) < 2',
    "near": 'gap(cell, dot(state, 0)) < gap(state["orange"], dot(state, 0))',
    "far": 'gap(cell, dot(state, 2)) < gap(state["orange"], dot(state, 2))',
    "edge": "0 in cell or top in cell",
}


def render(program: Program, name: str) -> str:
    """Return a program's source as a function called `name` with the helpers it needs."""
    body = {
        ("blue", "plan"): _blue_plan,
        ("orange", "plan"): _orange_plan,
        ("blue", "move"): _blue_move,
        ("orange", "move"): _orange_move,
    }[program.side, program.stage](program)
    text = f"def {name}(state, previous):\n" + "".join(f"    {line}\n" for line in body)
    return "\n\n".join([text.rstrip() + "\n", *(h.lstrip("\n") for h in _needed(text))])


def _holds(program: Program) -> str:
    return " and ".join(_CONDITIONS[name] for name in program.condition.split(AND))


def _needed(text: str) -> list[str]:
    """Return the helpers that a text calls, and those that they call, in a fixed order."""
    wanted: set[str] = set()
    open_ = [text]
    while open_:
        called = set(re.findall(r"\b(\w+)\(", open_.pop())) & HELPERS.keys()
        open_ += [HELPERS[each] for each in called - wanted]
        wanted |= called
    return [helper for each, helper in HELPERS.items() if each in wanted]


def _blue_plan(program: Program) -> list[str]:
    lines = ["near, mid, far = order(state)", 'targets = [tuple(dot) for dot in state["blue"]]']
    then = _sent(program.then)
    if not program.condition:
        lines += then
    else:
        other = _sent(program.other) if program.other else []
        lines.append(f"if {_holds(program)}:")
        if program.deal != "roles":
            then.append(f"targets = {_shared(program.deal)}")
        lines += [f"    {line}" for line in then or ["pass"]]
        if other:
            lines += ["else:", *(f"    {line}" for line in other)]
        return [*lines, "return targets"]
    shared = _shared(program.deal) if program.deal != "roles" else "targets"
    return [*lines, f"return {shared}"]


def _sent(actions: tuple[str, ...]) -> list[str]:
    found = [(role, _action(name)) for role, name in zip(_ROLES, actions, strict=True)]
    return [f"targets[{role}] = {cell}" for role, cell in found if cell]


def _shared(deal: str) -> str:
    return f"share(state, targets, {'max' if deal == 'longest' else 'sum'})"


def _action(name: str) -> str:
    """Return where an action sends a dot, as an expression; '' where it stays."""
    match name:
        case "strike":
            return 'tuple(state["orange"])'
        case "hold":
            return ""
        case "middle":
            return "middle(state)"
    if name.startswith("join_"):
        return f"dot(state, {_ROLES[name.removeprefix('join_')]})"
    step, way = _SIDES[name[:-1]]
    return f"beside(state, {step}, {way * int(name[-1])})"


def _orange_plan(program: Program) -> list[str]:
    if not program.condition:
        return [f"return {_goal(program.then[0])}"]
    return [
        f"if {_holds(program)}:",
        f"    return {_goal(program.then[0])}",
        f"return {_goal(program.other[0]) if program.other else 'dot(state, 2)'}",
    ]


def _goal(name: str) -> str:
    kind, _, rest = name.partition("_")
    role = _ROLES.get(rest)
    match kind, rest:
        case "from", "all":
            return 'flee(state, state["blue"])'
        case "from", _:
            return f"flee(state, [dot(state, {role})])"
        case "past", _:
            return f"pass_by(state, dot(state, {role}))"
        case "corner", "own":
            return 'min(corners(state), key=lambda cell: gap(cell, state["orange"]))'
        case "corner", "all":
            nearest = 'min(gap(cell, dot) for dot in state["blue"])'
            return f"max(corners(state), key=lambda cell: {nearest})"
        case "corner", _:
            return f"max(corners(state), key=lambda cell: gap(cell, dot(state, {role})))"
        case "middle", _:
            return "middle(state)"
        case "wall", "open":
            return "beside(state, max(room(state), key=lambda step: room(state)[step]), 20)"
        case "wall", _:
            return "beside(state, wall(state), 20)"
    step, way = _SIDES[name]
    return f"beside(state, {step}, {20 * way})"


def _blue_move(program: Program) -> list[str]:
    lines = ['top = state["size"] - 1', "targets = [tuple(target) for target in previous]"]
    if not program.condition:
        return [*lines, *_walk(program.then, "", program)]
    lines += [f"if {_holds(program)}:", *_walk(program.then, "    ", program)]
    if program.other:
        return [*lines, *_walk(program.other, "", program)]
    return [*lines, f'return {_go(program)}(state, state["blue"], gap)']


def _walk(parts: tuple[str, ...], indent: str, program: Program) -> list[str]:
    aim, tie, deal = parts
    lines = []
    if deal != "given":
        lines.append(f"targets = {_shared(deal)}")
    if aim != "target":
        step, way = _SIDES[aim[:-1]]
        back = "" if way > 0 else "back = "
        if back:
            lines.append(f"back = {step}")
            lines.append("targets = aimed(state, targets, (-back[0], -back[1]))")
        else:
            lines.append(f"targets = aimed(state, targets, {step})")
    lines.append(f"return {_go(program)}(state, targets, lambda cell, target: {_TIES[tie]})")
    return [indent + line for line in lines]


def _go(program: Program) -> str:
    if program.aware:
        return "find_way" if program.finds_way else "go_around"
    return "go"


def _orange_move(program: Program) -> list[str]:
    lines = ['top = state["size"] - 1', "target = tuple(previous)"]
    if not program.condition:
        return [*lines, *_step(program.then, "", program)]
    lines += [f"if {_holds(program)}:", *_step(program.then, "    ", program)]
    if program.other:
        return [*lines, *_step(program.other, "", program)]
    return [*lines, "target = dot(state, 2)", *_step(("none", "none"), "", program)]


def _step(parts: tuple[str, ...], indent: str, program: Program) -> list[str]:
    danger, tie = parts
    lines = []
    far = "gap(cell, target)"
    if program.finds_way:
        lines.append("far = ways(state, target)")
        far = "far(cell)"
    keys = [_DANGERS[danger], far, _ORANGE_TIES[tie], "cell"]
    shown = ", ".join(key for key in keys if key != "False")
    cells = "open_steps" if program.aware else "steps"
    lines.append(f"return [min({cells}(state), key=lambda cell: ({shown}))]")
    return [indent + line for line in lines]
