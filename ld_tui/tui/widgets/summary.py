"""The panel that a finished game leaves: what it came to, and what can be done now."""

from dataclasses import dataclass

from ld_tui.game.rules import Outcome, Side
from ld_tui.tui.summary import SideSum, Summary
from ld_tui.tui.text import Line, cut, fit, wrap
from ld_tui.tui.widgets.moves import rule
from ld_tui.tui.widgets.painter import Painter
from ld_tui.tui.widgets.status import side_glyph


@dataclass(frozen=True, slots=True)
class SummaryView:
    """What the panel tells."""

    result: Outcome | None = None
    text: str = ""
    """How the game ended, and against par."""
    summary: Summary | None = None
    keys: tuple[tuple[str, str], ...] = ()
    """What can be done, with its key."""
    letters: bool = False
    blame: tuple[str, ...] = ()
    """What the biggest mistake that functions stand behind falls on, as far as it is known."""


class SummaryPanel(Painter):
    """Shows a `SummaryView`."""

    DEFAULT_CSS = """
    SummaryPanel { height: 16; padding: 0 1; display: none; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view = SummaryView()

    @property
    def view(self) -> SummaryView:
        return self._view

    def show(self, view: SummaryView) -> None:
        """Show a view."""
        if view != self._view:
            self._view = view
            self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        view, found = self._view, self._view.summary
        if view.result is None or found is None:
            return []
        winner = view.result.winner
        name = found.sides[0 if winner is Side.BLUE else 1].name
        who = "you" if name == "you" else name if name == str(winner) else f"{winner}, {name},"
        title: Line = [
            (side_glyph(winner, view.letters) + " ", str(winner)),
            (f"{who} {'win' if name == 'you' else 'wins'}", "strong"),
            (f": {view.text}", ""),
        ]
        lines = [rule("the game", width), title, []]
        for side, part in zip(Side, found.sides, strict=True):
            lines.append(self._side(side, part, width))
        lines += [[], *self._mistake(found, width), []]
        at = 0
        row: Line = []
        for key, text in view.keys:
            if at and at + len(key) + len(text) + 3 > width:
                lines.append(row)
                row, at = [], 0
            row += [(f"{key} ", "key"), (f"{text}  ", "")]
            at += len(key) + len(text) + 3
        return [*lines, row]

    def _side(self, side: Side, part: SideSum, width: int) -> Line:
        marks = "  ".join(
            f"{sign} {count}"
            for sign, count in zip(("!", "?!", "?", "??"), part.marks, strict=True)
            if count
        )
        if part.turns and part.unknown == part.turns:
            text = "its losses aren't known"
        else:
            text = f"lost {_count(part.lost, 'step')} in {_count(part.turns, 'turn')}"
            text += f", {part.unknown} unknown" * bool(part.unknown)
        return [
            (side_glyph(side, self._view.letters) + " ", str(side)),
            (fit(part.name, 13), "strong"),
            (cut(f"{text}   {marks}", width - 15), "" if part.lost else "good"),
        ]

    def _mistake(self, found: Summary, width: int) -> list[Line]:
        worst = found.mistake
        if worst is None:
            known = any(part.turns > part.unknown for part in found.sides)
            return [[("nobody lost a step", "good")]] if known else []
        lost = "everything" if worst.lost is None else _count(worst.lost, "step")
        lines: list[Line] = [
            [
                ("biggest mistake  ", "title"),
                (cut(f"step {worst.step}, {worst.name}: lost {lost}", width - 17), "warn"),
            ],
            [("  played  ", "quiet"), (worst.move, "")],
            [("  better  ", "quiet"), (worst.best, "good")],
        ]
        if worst.how:
            lines += _told("chose", worst.how, width, 2)
        explained = found.explained
        if explained is not None and explained.ply == worst.ply:
            fault = "; ".join(filter(None, [*self._view.blame[:2], worst.fault]))
            return [*lines, *_told("fault", fault, width, 3)]
        if explained is not None and self._view.blame:
            lost = "everything" if explained.lost is None else _count(explained.lost, "step")
            text = f"in step {explained.step} lost {lost}: {self._view.blame[0]}"
            lines += _told(explained.name.partition(" ")[0], text, width, 3)
        return lines


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _told(title: str, text: str, width: int, rows: int) -> list[Line]:
    """Return a text under a title, wrapped beside it; nothing where there is no text."""
    texts = wrap(text, width - 10, rows) if text else []
    return [
        [(fit("" if at else f"  {title}", 10), "quiet"), (part, "")]
        for at, part in enumerate(texts)
    ]
