"""Rules and states as words: the x and s that the retriever and the S-LLM read.

A state text names relations (who is near, which side is open, where orange would flee), because
an embedding without word order can't work them out. Directions with numbers are single words:
`N3` is three cells to the north, `d2` a distance of two. Training and play call these very
functions, so that what a model reads in a game is what it was trained on.
"""

from collections.abc import Sequence

from ld_tui.game.board import Cell, distance
from ld_tui.game.rules import (
    DOTS,
    Position,
    Rules,
    Side,
    as_known,
    destinations,
    is_in_sight,
)

ROLES = ("near", "mid", "far")
"""The blue dots by their distance from orange; ties go to the lower dot."""
_DIRECTIONS = {"N": (0, 1), "E": (1, 0), "S": (0, -1), "W": (-1, 0)}
_SIDES = {"N": "north", "E": "east", "S": "south", "W": "west"}


def rules_text(rules: Rules, side: Side) -> str:
    """Say what the side to move must do, what is legal and what counts as a win."""
    goal = (
        "bring all three blue dots within distance 1 of the orange dot"
        if side is Side.BLUE
        else f"keep one blue dot at distance 2 or more until step {rules.max_steps}"
    )
    units = rules.units(side)
    text = (
        f"Pursuit on a {rules.size} x {rules.size} board. You move {side}: {goal}. "
        f"Each {side} dot ends its turn exactly {units} unit{'s'[: units > 1]} away, "
        "by unit moves north, east, south or west through open cells; dots may share a cell."
    )
    if rules.closed:
        text += f" {len(rules.closed)} cells are closed."
    if rules.frozen:
        text += (
            f" Blue dots that can't move: {', '.join(str(d + 1) for d in sorted(rules.frozen))}."
        )
    if side is Side.BLUE and rules.orange_units > 1:
        text += f" Orange moves {rules.orange_units} units."
    if side is Side.BLUE and rules.sight is not None:
        text += (
            f" You see orange only within distance {rules.sight} of a blue dot; "
            "otherwise its cell is where you saw it last."
        )
    return text


def roles(position: Position) -> tuple[int, ...]:
    """Return the 0-based blue dots from nearest to farthest from orange."""
    return tuple(
        sorted(range(DOTS), key=lambda dot: (distance(position.blue[dot], position.orange), dot))
    )


def state_text(position: Position, stage: str, previous: object = None) -> str:
    """Put a state into words for one stage of the side to move.

    `stage` is `plan` or `move`; `previous` is the plan stage's o_1 as plain data (three cells for
    blue, one for orange), read in the move stage only. Blue reads only what it knows in fog.
    """
    hidden = position.to_move is Side.BLUE and not is_in_sight(position)
    position = as_known(position)
    rules, orange = position.rules, position.orange
    order = roles(position)
    name = ["orange", *["unseen"] * hidden, *["fast"] * (rules.orange_units > 1)]
    parts = [" ".join([*name, _place(rules, orange), _walls(rules, orange)])]
    if blocked := _blocked(rules, orange, rules.orange_units):
        parts[0] += " " + " ".join(blocked)
    targets = _targets(position, stage, previous)
    for role, dot in zip(ROLES, order, strict=True):
        cell = position.blue[dot]
        words = [role, _offset(orange, cell), f"d{distance(cell, orange)}"]
        if dot in rules.frozen:
            words.insert(1, "stuck")
        words += _blocked(rules, cell, rules.blue_units)
        if targets and position.to_move is Side.BLUE:
            words += ["to", _offset(cell, targets[dot])]
        parts.append(" ".join(words))
    if targets and position.to_move is Side.ORANGE:
        parts.append(f"goal {_offset(orange, targets[0])} d{distance(orange, targets[0])}")
    parts.append(_relations(position, order))
    return " ; ".join(parts)


def _targets(position: Position, stage: str, previous: object) -> list[Cell]:
    """Return o_1 as cells in the move stage, nothing in the plan stage."""
    if stage != "move" or not isinstance(previous, list | tuple):
        return []
    cells = previous if position.to_move is Side.BLUE else [previous]
    return [Cell(int(cell[0]), int(cell[1])) for cell in cells]


def _offset(origin: Cell, cell: Cell) -> str:
    """Write where `cell` lies as seen from `origin`: `N2 E1`; zero is `N0` and `E0`."""
    cols, rows = cell.col - origin.col, cell.row - origin.row
    return f"{'N' if rows >= 0 else 'S'}{abs(rows)} {'E' if cols >= 0 else 'W'}{abs(cols)}"


def _free(rules: Rules, cell: Cell, direction: str) -> int:
    """Count the open cells from `cell` in a direction up to a wall or a closed cell."""
    cols, rows = _DIRECTIONS[direction]
    count = 0
    while rules.is_open(Cell(cell.col + cols * (count + 1), cell.row + rows * (count + 1))):
        count += 1
    return count


def _blocked(rules: Rules, cell: Cell, units: int) -> list[str]:
    """Name the sides on which a closed cell bars the straight way of so many units."""
    names = [
        _SIDES[name]
        for name, (cols, rows) in _DIRECTIONS.items()
        if any(
            Cell(cell.col + cols * n, cell.row + rows * n) in rules.closed
            for n in range(1, units + 1)
        )
    ]
    return ["blocked", *names] if names else []


def _walls(rules: Rules, cell: Cell) -> str:
    return "walls " + " ".join(f"{name}{_free(rules, cell, name)}" for name in _DIRECTIONS)


def _place(rules: Rules, cell: Cell) -> str:
    """Name where a cell lies: in a corner, on an edge, beside one, or in the center."""
    across = min(_free(rules, cell, "E"), _free(rules, cell, "W"))
    along = min(_free(rules, cell, "N"), _free(rules, cell, "S"))
    if across == 0 and along == 0:
        return "cornered"
    if across <= 1 and along <= 1:
        return "nook"
    if min(across, along) == 0:
        return "edge"
    return "wallside" if min(across, along) == 1 else "center"


def _band(value: int, *bands: tuple[int, str]) -> str:
    return next(word for limit, word in bands if value <= limit)


def _relations(position: Position, order: Sequence[int]) -> str:
    """Name the relations that a bag of words could not work out."""
    rules, orange = position.rules, position.orange
    near, mid, far = (position.blue[dot] for dot in order)
    gaps = [distance(dot, orange) for dot in (near, mid, far)]
    words = [
        _band(gaps[0], (1, "touching"), (2, "poised"), (4, "close"), (99, "loose")),
        _band(gaps[1], (1, "holding"), (3, "paired"), (6, "trailing"), (99, "lagging")),
        _band(gaps[2], (3, "joined"), (5, "rejoining"), (8, "straggling"), (99, "distant")),
    ]
    spread = max(distance(near, mid), distance(mid, far), distance(near, far))
    words.append(_band(spread, (2, "bunched"), (6, "grouped"), (99, "scattered")))
    guarded = {
        "N": any(dot.row > orange.row for dot in position.blue),
        "E": any(dot.col > orange.col for dot in position.blue),
        "S": any(dot.row < orange.row for dot in position.blue),
        "W": any(dot.col < orange.col for dot in position.blue),
    }
    free = [name for name in _DIRECTIONS if not guarded[name] and _free(rules, orange, name)]
    words.append("open " + " ".join(_SIDES[name] for name in free) if free else "surrounded")
    words.append(_flight(position))
    return " ".join(words)


def _flight(position: Position) -> str:
    """Name the direction in which orange gets farthest from the farthest dot, and what is there.

    It is that of one unit move, however many orange makes: functions reckon with the same.
    Ties go to the greater sum of distances, then to the most open cells ahead.
    """
    rules, orange = position.rules, position.orange

    def safety(cell: Cell) -> tuple[int, int, int, Cell]:
        gaps = [distance(cell, dot) for dot in position.blue]
        ahead = _free(rules, orange, _heading(orange, cell)) if cell != orange else 0
        return max(gaps), sum(gaps), ahead, cell

    best = max(destinations(rules, orange, 1), key=safety)
    if best == orange:
        return "flight none"
    name = _heading(orange, best)
    room = _band(_free(rules, orange, name), (1, "wall"), (3, "edgeward"), (99, "space"))
    return f"flight {name}{_free(rules, orange, name)} {room}"


def _heading(origin: Cell, cell: Cell) -> str:
    """Name the compass direction from one cell to another, along the longer axis."""
    cols, rows = cell.col - origin.col, cell.row - origin.row
    if abs(cols) >= abs(rows):
        return "E" if cols > 0 else "W"
    return "N" if rows > 0 else "S"
