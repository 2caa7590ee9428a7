"""The same position decided with the functions before and now, side by side."""

from collections.abc import Collection
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ld_tui.functionbase.shelf import Place
from ld_tui.tui.again import Again
from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.text import Line, bar, cut, fit, width_of, wrap
from ld_tui.tui.trace import CandidateRow, StageTrace, Trace
from ld_tui.tui.widgets.painter import Painter
from ld_tui.tui.widgets.status import side_glyph

_GAP = 2


class BeforeAfter(Painter):
    """Shows both decisions, stage by stage."""

    DEFAULT_CSS = "BeforeAfter { height: auto; }"

    def __init__(self, again: Again, letters: bool, applied: Collection[Place]) -> None:
        super().__init__()
        self._again, self._applied = again, applied
        self._letters = letters

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self.lines(width, 0))

    def lines(self, width: int, height: int) -> list[Line]:
        again = self._again
        each = (width - _GAP) // 2
        left = self._column(again.before, "before", each)
        right = self._column(again.after, "now", each)
        rows = max(len(left), len(right))
        side = again.before.side
        lines: list[Line] = [
            [(f"{side_glyph(side, self._letters)} ", side.value),
             (f"{side}, step {again.before.step}, decided again", "strong")],
            [],
        ]  # fmt: skip
        lines += [
            _beside(left[at] if at < len(left) else [], right[at] if at < len(right) else [], each)
            for at in range(rows)
        ]
        verdict = again.verdict.replace("→", "->") if self._letters else again.verdict
        style = "bad" if again.problem else "strong" if again.is_done else "quiet"
        lines += [[], *([(line, style)] for line in wrap(verdict, width, 2))]
        for name in again.passed_over(self._applied):
            words = f"{name}, as changed, is not among the nearest: its `when` is far from this"
            lines.append([(cut(words, width), "warn")])
        played = f"; the game keeps {again.before.move}" if again.before.move else ""
        return [*lines, [(cut(f"Esc goes back{played}", width), "quiet")]]

    def _column(self, trace: Trace, title: str, width: int) -> list[Line]:
        lines: list[Line] = [[(title, "title"), ("  ", ""), (cut(trace.move, width - 8), "strong")]]
        for stage in trace.stages:
            lines += self._stage(stage, width)
        return lines

    def _stage(self, stage: StageTrace, width: int) -> list[Line]:
        shown = f"  {stage.name}"
        result = cut(stage.shown, width - len(shown) - 3)
        gives = "->" if self._letters else "→"
        head: Line = [(stage.name, "quiet")]
        if result:
            head += [(f" {gives} ", "quiet"), (result, "strong")]
        return [head, *(self._row(row, width) for row in stage.rows)]

    def _row(self, row: CandidateRow, width: int) -> Line:
        mark = (">" if self._letters else "▸") if row.is_chosen else " "
        share = row.probability
        told = f"{100 * share:3.0f}%" if share is not None else "    "
        drawn = bar(share or 0.0, 5) if not self._letters else ""
        distance = f"{row.distance:.2f}" if row.distance is not None else "    "
        tail = f" {distance} {told} {drawn}"
        style = "struck" if row.struck else "selected" if row.is_chosen else ""
        name = fit(row.name, max(4, width - len(tail) - 2))
        return [(f"{mark} ", "key"), (name, style), (tail, style or "quiet")]


class AgainScreen(LdModal[None]):
    """Shows a decision before and now; any key but quit goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,space,D", "leave", "back", key_display="esc", id="again.leave"),
        Binding("q,f10", "app.quit", "quit", id="again.quit"),
    ]

    def __init__(self, again: Again, letters: bool, applied: Collection[Place] = ()) -> None:
        """`applied`: the functions that were changed; those that were not found are named."""
        super().__init__()
        self.again = again
        self._shown = BeforeAfter(again, letters, applied)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide"):
            yield self._shown

    def renew(self) -> None:
        """Draw what has come since."""
        self._shown.refresh(layout=True)

    def on_click(self, event: events.Click) -> None:
        self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)


def _beside(left: Line, right: Line, each: int) -> Line:
    return [*left, (" " * (each + _GAP - width_of(left)), ""), *right]
