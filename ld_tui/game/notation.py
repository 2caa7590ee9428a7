"""Positions, moves and emergencies as text, and back; each pair round-trips exactly.

A position is one line of seven fields, as FEN is for chess:
size, blue cells, orange cell, side to move, steps finished, illegal choices (blue,orange), and
the rule changes in force: `10 a1,c4,h8 f5 b 0 0,0 roadblock:d4,d5@12;jam:2@9`.
A move is from-to pairs in the dots' order: `a1b2 c4e4 h8h6`, or `f5f6` for orange.
"""

import re
from functools import lru_cache

from ld_tui.errors import NotationError, RulesError
from ld_tui.game.board import format_cell, parse_cell
from ld_tui.game.emergencies import Emergency, Fog, Jam, Roadblock, Sprint, Storm
from ld_tui.game.rules import DOTS, Move, Position, Rules, Side, Tally

_PAIR = re.compile(r"([a-t][1-9][0-9]?)([a-t][1-9][0-9]?)")
_LETTER = {Side.BLUE: "b", Side.ORANGE: "o"}
_SIDE = {letter: side for side, letter in _LETTER.items()}


def format_move(move: Move) -> str:
    """Write a move as from-to pairs in the dots' order."""
    pairs = zip(move.sources, move.targets, strict=True)
    return " ".join(format_cell(source) + format_cell(target) for source, target in pairs)


@lru_cache(maxsize=4096)
def parse_move(text: str) -> Move:
    """Read a move: one from-to pair for orange, three for blue, single spaces between.

    Raises NotationError for anything else: an answer that names several moves is not a move.
    Legality is not checked.
    """
    words = text.split(" ")
    pairs = [_PAIR.fullmatch(word) for word in words]
    found = [pair for pair in pairs if pair is not None]
    if len(found) != len(words) or len(found) not in (1, DOTS):
        raise NotationError(
            f"{text!r} is not a move; write a1b2 c4e4 h8h6 for blue, f5f6 for orange"
        )
    return Move(
        tuple(parse_cell(pair[1]) for pair in found), tuple(parse_cell(pair[2]) for pair in found)
    )


def format_emergency(emergency: Emergency) -> str:
    """Write an emergency; without `@` and a step it has no end.

    `roadblock:d4,d5@12`, `jam:2@9`, `sprint@9`, `fog:2,f5@9` (sight, and where blue saw orange
    last), `storm:1@9` (rings).
    """
    end = "" if emergency.until is None else f"@{emergency.until}"
    match emergency:
        case Roadblock(cells=closed):
            return f"roadblock:{','.join(map(format_cell, closed))}{end}"
        case Jam(dot=dot):
            return f"jam:{dot + 1}{end}"
        case Sprint():
            return f"sprint{end}"
        case Fog(sight=sight, seen=seen):
            return f"fog:{sight},{format_cell(seen)}{end}"
        case Storm(rings=rings):
            return f"storm:{rings}{end}"


def parse_emergency(text: str) -> Emergency:
    """Read an emergency. Raises NotationError where the text is not one."""
    head, at, end = text.partition("@")
    kind, colon, what = head.partition(":")
    until = _number(end, f"the end of {text!r}") if at else None
    try:
        if kind == "roadblock" and colon:
            return Roadblock(tuple(parse_cell(cell) for cell in what.split(",")), until)
        if kind == "jam" and colon:
            return Jam(_number(what, f"the dot of {text!r}") - 1, until)
        if kind == "sprint" and not colon:
            return Sprint(until)
        if kind == "fog" and colon:
            sight, comma, seen = what.partition(",")
            if comma:
                return Fog(_number(sight, f"the sight of {text!r}"), parse_cell(seen), until)
        if kind == "storm" and colon:
            return Storm(_number(what, f"the rings of {text!r}"), until)
    except RulesError as error:
        raise NotationError(f"{text!r}: {error}") from error
    raise NotationError(
        f"{text!r} is not an emergency; write roadblock:d4,d5@12, "
        "jam:2@9, sprint@9, fog:2,f5@9 or storm:1@9"
    )


def format_position(position: Position) -> str:
    """Write a position as its one line of seven fields."""
    return " ".join(
        (
            str(position.base.size),
            ",".join(map(format_cell, position.blue)),
            format_cell(position.orange),
            _LETTER[position.to_move],
            str(position.steps),
            f"{position.illegal.blue},{position.illegal.orange}",
            ";".join(map(format_emergency, position.changes)) or "-",  # type: ignore[arg-type]
        )
    )


def parse_position(text: str) -> Position:
    """Read a position.

    Raises NotationError naming the field that is wrong, also where the position can't stand on
    its board (off it, on a closed cell).
    """
    fields = text.split()
    if len(fields) != 7:
        raise NotationError(
            f"a position has 7 fields, this has {len(fields)}; write 10 a1,c4,h8 f5 b 0 0,0 -"
        )
    size, blue, orange, side, steps, illegal, changes = fields
    dots = tuple(parse_cell(cell) for cell in blue.split(","))
    if len(dots) != DOTS:
        raise NotationError(f"field 2 names {len(dots)} blue cells, not {DOTS}: {blue!r}")
    if side not in _SIDE:
        raise NotationError(f"field 4, the side to move, is b or o, not {side!r}")
    counts = [_number(count, "field 6, illegal choices,") for count in illegal.split(",")]
    if len(counts) != 2:
        raise NotationError(
            f"field 6, illegal choices, is blue,orange such as 0,0, not {illegal!r}"
        )
    try:
        return Position(
            blue=dots,
            orange=parse_cell(orange),
            to_move=_SIDE[side],
            steps=_number(steps, "field 5, steps finished,"),
            illegal=Tally(counts[0], counts[1]),
            changes=()
            if changes == "-"
            else tuple(parse_emergency(change) for change in changes.split(";")),
            base=Rules(size=_number(size, "field 1, the size,")),
        )
    except RulesError as error:
        raise NotationError(f"position {text!r}: {error}") from error


def _number(text: str, what: str) -> int:
    """Read a whole number written the one way that it is formatted."""
    if not (text.isascii() and text.isdigit()) or str(int(text)) != text:
        raise NotationError(f"{what} is not a whole number: {text!r}")
    return int(text)
