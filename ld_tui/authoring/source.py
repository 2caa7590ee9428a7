"""Composed programs as readable Python: the very functions that `evaluate.py` runs in numpy.

A source is the function and those helpers that it calls, nothing else; it runs in the sandbox as
any function of the base does.
"""

import re

from ld_tui.authoring.space import Program

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
_ORANGE_TIES = _TIES | {"apart": '-max(gap(cell, dot) for dot in state["blue"])'}
_DANGERS = {
    "none": "False",
    "beside": 'min(gap(cell, dot) for dot in state["blue"]) < 2',
    "near": 'gap(cell, dot(state, 0)) < gap(state["orange"], dot(state, 0))',
    "far": 'gap(cell, dot(state, 2)) < gap(state["orange"], dot(state, 2))',
    "edge": "0 in cell or top in cell",
}

_HELPERS = {
    "gap": """
def gap(a, b):
    return abs(a[0] - b[0]) + abs(a[1] - b[1])
""",
    "order": """
def order(state):
    # The dots from nearest to farthest from orange.
    return sorted(range(3), key=lambda dot: (gap(state["blue"][dot], state["orange"]), dot))
""",
    "gaps": """
def gaps(state):
    return sorted(gap(dot, state["orange"]) for dot in state["blue"])
""",
    "spread": """
def spread(state):
    a, b, c = state["blue"]
    return max(gap(a, b), gap(b, c), gap(a, c))
""",
    "dot": """
def dot(state, role):
    # The cell of the near (0), mid (1) or far (2) dot.
    return tuple(state["blue"][order(state)[role]])
""",
    "room": """
def room(state):
    # The cells from orange to each wall.
    (x, y), top = state["orange"], state["size"] - 1
    return {(-1, 0): x, (0, -1): y, (0, 1): top - y, (1, 0): top - x}
""",
    "flight": """
def flight(state):
    # The step that keeps orange farthest from the farthest dot; ties: from all, then most room.
    x, y = state["orange"]
    ahead = room(state)

    def safety(step):
        away = [gap((x + step[0], y + step[1]), dot) for dot in state["blue"]]
        return max(away), sum(away), ahead[step], step

    return max([step for step in ahead if ahead[step] > 0], key=safety)
""",
    "left": """
def left(step):
    return -step[1], step[0]
""",
    "wall": """
def wall(state):
    # The step toward orange's nearest wall.
    ahead = room(state)
    return min(ahead, key=lambda step: ahead[step])
""",
    "along": """
def along(state):
    # The step along orange's nearest wall toward its open end.
    ahead = room(state)
    down, up = ((0, -1), (0, 1)) if wall(state)[0] else ((-1, 0), (1, 0))
    return down if ahead[down] > ahead[up] else up
""",
    "beyond": """
def beyond(state, cell):
    # The step that leads on past orange when one comes from a cell.
    x, y = state["orange"][0] - cell[0], state["orange"][1] - cell[1]
    if abs(x) >= abs(y):
        return (-1 if x < 0 else 1), 0
    return 0, (-1 if y < 0 else 1)
""",
    "clip": """
def clip(state, x, y):
    top = state["size"] - 1
    return min(max(x, 0), top), min(max(y, 0), top)
""",
    "beside": """
def beside(state, step, count):
    # The cell so many steps from orange, on the board.
    x, y = state["orange"]
    return clip(state, x + count * step[0], y + count * step[1])
""",
    "middle": """
def middle(state):
    return (state["size"] - 1) // 2, (state["size"] - 1) // 2
""",
    "corners": """
def corners(state):
    top = state["size"] - 1
    return [(0, 0), (0, top), (top, 0), (top, top)]
""",
    "sign": """
def sign(number):
    return (number > 0) - (number < 0)
""",
    "flee": """
def flee(state, dots):
    # The cell four steps away from dots, on both axes.
    x, y = state["orange"]
    far_x = sign(len(dots) * x - sum(dot[0] for dot in dots))
    far_y = sign(len(dots) * y - sum(dot[1] for dot in dots))
    return clip(state, x + 4 * far_x, y + 4 * far_y)
""",
    "pass_by": """
def pass_by(state, cell):
    # The cell two steps behind another as orange sees it.
    x, y = state["orange"]
    return clip(state, cell[0] + 2 * sign(cell[0] - x), cell[1] + 2 * sign(cell[1] - y))
""",
    "share": """
def share(state, targets, cost):
    # The targets dealt to the dots so that the cost of their ways is least.
    ways = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]

    def price(way):
        return cost([gap(dot, targets[at]) for dot, at in zip(state["blue"], way)])

    return [targets[at] for at in min(ways, key=price)]
""",
    "go": """
def go(state, targets, tie):
    # Each dot ends two units away, closest to its target; on its target it circles orange.
    size, orange = state["size"], state["orange"]
    moves = []
    for (x, y), target in zip(state["blue"], targets):
        cells = [(x + a, y + b) for a in range(-2, 3) for b in (2 - abs(a), abs(a) - 2)]
        cells = [(a, b) for a, b in cells if 0 <= a < size and 0 <= b < size]

        def holding(cell):
            return abs(gap(cell, orange) - gap((x, y), orange)), -gap(cell, orange), cell

        def going(cell):
            return gap(cell, target), tie(cell, target), cell

        moves.append(min(cells, key=holding if (x, y) == tuple(target) else going))
    return moves
""",
    "aimed": """
def aimed(state, targets, step):
    # Targets one step on; a target that is reached stays.
    pairs = zip([tuple(dot) for dot in state["blue"]], [tuple(target) for target in targets])
    return [t if t == dot else (t[0] + step[0], t[1] + step[1]) for dot, t in pairs]
""",
    "steps": """
def steps(state):
    x, y = state["orange"]
    return [(x + a, y + b) for (a, b), free in room(state).items() if free > 0]
""",
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


def _needed(text: str) -> list[str]:
    """Return the helpers that a text calls, and those that they call, in a fixed order."""
    wanted: set[str] = set()
    open_ = [text]
    while open_:
        called = set(re.findall(r"\b(\w+)\(", open_.pop())) & _HELPERS.keys()
        open_ += [_HELPERS[each] for each in called - wanted]
        wanted |= called
    return [helper for each, helper in _HELPERS.items() if each in wanted]


def _blue_plan(program: Program) -> list[str]:
    lines = ["near, mid, far = order(state)", 'targets = [tuple(dot) for dot in state["blue"]]']
    then = _sent(program.then)
    if not program.condition:
        lines += then
    else:
        other = _sent(program.other) if program.other else []
        lines.append(f"if {_CONDITIONS[program.condition]}:")
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
        f"if {_CONDITIONS[program.condition]}:",
        f"    return {_goal(program.then[0])}",
        f"return {_goal((program.other or program.then)[0])}",
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
        return [*lines, *_walk(program.then, "")]
    return [
        *lines,
        f"if {_CONDITIONS[program.condition]}:",
        *_walk(program.then, "    "),
        *_walk(program.other or program.then, ""),
    ]


def _walk(parts: tuple[str, ...], indent: str) -> list[str]:
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
    lines.append(f"return go(state, targets, lambda cell, target: {_TIES[tie]})")
    return [indent + line for line in lines]


def _orange_move(program: Program) -> list[str]:
    lines = ['top = state["size"] - 1', "target = tuple(previous)"]
    if not program.condition:
        return [*lines, _step(program.then)]
    return [
        *lines,
        f"if {_CONDITIONS[program.condition]}:",
        f"    {_step(program.then)}",
        _step(program.other or program.then),
    ]


def _step(parts: tuple[str, ...]) -> str:
    danger, tie = parts
    keys = [_DANGERS[danger], "gap(cell, target)", _ORANGE_TIES[tie], "cell"]
    shown = ", ".join(key for key in keys if key != "False")
    return f"return [min(steps(state), key=lambda cell: ({shown}))]"
