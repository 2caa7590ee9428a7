"""A person's turn while it is being put together, dot by dot. Pure; it plays nothing."""

import re
from dataclasses import dataclass, replace

from ld_tui.errors import IllegalMove, NotationError
from ld_tui.game.board import Cell, format_cell, parse_cell
from ld_tui.game.rules import Move, Position, Side, dot_destinations, illegality


@dataclass(frozen=True, slots=True)
class Draft:
    """Targets chosen so far; each method returns a new draft."""

    position: Position
    targets: tuple[Cell | None, ...]
    """By dot of the side to move; None where the dot is still to be moved."""
    order: tuple[int, ...] = ()
    """The dots that the person moved, first to last; preset ones aren't among them."""
    selected: int | None = None
    """The 0-based dot that the next target is for."""

    @classmethod
    def begin(cls, position: Position) -> "Draft":
        """Begin a turn: dots with a single legal destination are preset."""
        count = len(position.dots(position.to_move))
        choices = [dot_destinations(position, dot) for dot in range(count)]
        targets = tuple(found[0] if len(found) == 1 else None for found in choices)
        return cls(position, targets)._with_next()

    @property
    def side(self) -> Side:
        return self.position.to_move

    @property
    def sources(self) -> tuple[Cell, ...]:
        """Where the side's dots stand."""
        return self.position.dots(self.side)

    @property
    def standing(self) -> tuple[Cell, ...]:
        """Where the side's dots are shown: at their targets where those are chosen."""
        pairs = zip(self.sources, self.targets, strict=True)
        return tuple(source if target is None else target for source, target in pairs)

    @property
    def is_complete(self) -> bool:
        return None not in self.targets

    @property
    def is_begun(self) -> bool:
        """Tell whether there is something of the person's to take back."""
        return bool(self.order)

    @property
    def move(self) -> Move:
        """The whole turn; only of a complete draft."""
        return Move(self.sources, tuple(cell for cell in self.targets if cell is not None))

    def legal(self, dot: int | None = None) -> tuple[Cell, ...]:
        """Return where a dot may go (the selected one by default); nowhere if there is none."""
        chosen = self.selected if dot is None else dot
        return () if chosen is None else dot_destinations(self.position, chosen)

    def is_preset(self, dot: int) -> bool:
        """Tell whether a dot has no choice."""
        return len(dot_destinations(self.position, dot)) == 1

    def dots_on(self, cell: Cell) -> tuple[int, ...]:
        """Return the dots that are shown on a cell."""
        return tuple(dot for dot, where in enumerate(self.standing) if where == cell)

    def select(self, dot: int) -> "Draft":
        """Select a dot to move, taking its target back if it had one."""
        if self.is_preset(dot):
            return self
        targets = tuple(None if at == dot else cell for at, cell in enumerate(self.targets))
        order = tuple(at for at in self.order if at != dot)
        return replace(self, targets=targets, order=order, selected=dot)

    def cycle(self, step: int = 1) -> "Draft":
        """Select the next dot that can move; targets already chosen stay."""
        free = [dot for dot in range(len(self.targets)) if not self.is_preset(dot)]
        if not free:
            return self
        at = free.index(self.selected) if self.selected in free else (-1 if step > 0 else 0)
        return replace(self, selected=free[(at + step) % len(free)])

    def put(self, cell: Cell, dot: int | None = None) -> "Draft":
        """Choose a target for a dot (the selected one by default) and select the next dot.

        Raises IllegalMove, saying why, where the rules refuse it.
        """
        chosen = self.selected if dot is None else dot
        if chosen is None:
            raise IllegalMove("every dot is set; Enter sends the turn, u takes a dot back")
        if cell not in dot_destinations(self.position, chosen):
            raise IllegalMove(self._why_not(cell, chosen))
        targets = tuple(cell if at == chosen else old for at, old in enumerate(self.targets))
        order = (*(at for at in self.order if at != chosen), chosen)
        return replace(self, targets=targets, order=order)._with_next()

    def put_all(self, move: Move) -> "Draft":
        """Choose every dot's target from a legal move."""
        free = tuple(dot for dot in range(len(move.targets)) if not self.is_preset(dot))
        return replace(self, targets=move.targets, order=free, selected=None)

    def carried(self, position: Position) -> "Draft":
        """Begin a turn in another position, keeping what is legal there if it is the same turn."""
        draft = Draft.begin(position)
        if (draft.side, draft.sources) == (self.side, self.sources):
            for dot in self.order:
                target = self.targets[dot]
                if target is not None and target in draft.legal(dot):
                    draft = draft.put(target, dot)
        return draft

    def back(self) -> "Draft":
        """Take back the dot moved last and select it."""
        return self.select(self.order[-1]) if self.order else self

    def shown(self) -> str:
        """Write the turn so far: `c9e9 c3? h5h7`."""
        words = []
        for source, target in zip(self.sources, self.targets, strict=True):
            words.append(format_cell(source) + ("?" if target is None else format_cell(target)))
        return " ".join(words)

    def _with_next(self) -> "Draft":
        open_dots = [dot for dot, target in enumerate(self.targets) if target is None]
        return replace(self, selected=open_dots[0] if open_dots else None)

    def _why_not(self, cell: Cell, dot: int) -> str:
        """Say why one dot can't go to a cell, in the words of the rules."""
        targets = [
            cell if at == dot else (target or dot_destinations(self.position, at)[0])
            for at, target in enumerate(self.targets)
        ]
        reason = illegality(self.position, Move(self.sources, tuple(targets)))
        return reason or f"{format_cell(cell)} is no legal target"


_CELL = re.compile(r"[a-t][1-9][0-9]?")
_SEPARATORS = re.compile(r"[\s,;>-]+")


@dataclass(frozen=True, slots=True)
class TypedTurn:
    """A whole turn was typed: a proposal, which counts if it is illegal."""

    move: Move


@dataclass(frozen=True, slots=True)
class TypedDots:
    """Some dots' targets were typed."""

    pairs: tuple[tuple[int, Cell], ...]
    """0-based dot and its target."""


def read_typed(text: str, draft: Draft) -> TypedTurn | TypedDots:
    """Read what a person typed: a whole turn, `c9e9` for one dot, or `e9` for the selected one.

    Case, commas and dashes don't matter, nor does the order of a turn's dots. Raises
    NotationError where it is none of these, or a pair begins where no dot of the side stands.
    """
    found = _cells(text)
    if len(found) == 1:
        if draft.selected is None:
            raise NotationError("every dot is set; type from and to, such as c9e9")
        return TypedDots(((draft.selected, found[0]),))
    if not found or len(found) % 2:
        raise NotationError(f"{text.strip()!r} is not a move; type from and to, such as c9e9")
    pairs = list(zip(found[::2], found[1::2], strict=True))
    if len(pairs) == len(draft.sources):
        return TypedTurn(_in_dot_order(pairs, draft))
    if len(pairs) > len(draft.sources):
        raise NotationError(f"{draft.side} moves {len(draft.sources)} dots, not {len(pairs)}")
    return TypedDots(tuple(_dot_pairs(pairs, draft)))


def _cells(text: str) -> list[Cell]:
    joined = _SEPARATORS.sub("", text.strip().lower())
    words = _CELL.findall(joined)
    if "".join(words) != joined:
        raise NotationError(f"{text.strip()!r} is not a move; type from and to, such as c9e9")
    return [parse_cell(word) for word in words]


def _in_dot_order(pairs: list[tuple[Cell, Cell]], draft: Draft) -> Move:
    """Sort pairs into the dots' order where each dot has one; else leave them as typed."""
    left, targets = list(pairs), []
    for source in draft.sources:
        pair = next((pair for pair in left if pair[0] == source), None)
        if pair is None:
            return Move(tuple(p[0] for p in pairs), tuple(p[1] for p in pairs))
        left.remove(pair)
        targets.append(pair[1])
    return Move(draft.sources, tuple(targets))


def _dot_pairs(pairs: list[tuple[Cell, Cell]], draft: Draft) -> list[tuple[int, Cell]]:
    used: set[int] = set()
    found = []
    for source, target in pairs:
        here = [dot for dot, cell in enumerate(draft.sources) if cell == source and dot not in used]
        if not here:
            raise NotationError(f"no {draft.side} dot to move stands on {format_cell(source)}")
        unset = [dot for dot in here if draft.targets[dot] is None]
        dot = (unset or here)[0]
        used.add(dot)
        found.append((dot, target))
    return found
