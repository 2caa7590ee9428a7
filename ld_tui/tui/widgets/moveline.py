"""The line where a person's turn is put together: what to do next, and what is being typed."""

from dataclasses import dataclass

from ld_tui.tui.text import Line, cut, width_of, wrap
from ld_tui.tui.widgets.painter import Painter


@dataclass(frozen=True, slots=True)
class MoveView:
    """What the move line tells."""

    prompt: str = ""
    """Such as `move`."""
    typed: str | None = None
    """What is being typed; None: nothing is."""
    draft: str = ""
    """The turn so far."""
    advice: str = ""
    """What to do next."""
    problem: str = ""
    """Why something was refused; stands in place of the advice."""
    force: str = ""
    """The emergencies in force; at the bottom, where there is room."""
    force_short: str = ""
    """The same by their signs, for where there is little room."""
    ground: str = ""
    """The map; above them, where there is room for it too."""
    can_send: bool = False
    """Whether a click sends the turn."""


class MoveLine(Painter):
    """Shows a `MoveView` in two or three lines."""

    DEFAULT_CSS = """
    MoveLine { height: 2; padding: 0 1 0 1; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view = MoveView()

    @property
    def view(self) -> MoveView:
        return self._view

    def show(self, view: MoveView) -> None:
        """Show a view."""
        if view != self._view:
            self._view = view
            self.refresh()

    def on_click(self) -> None:
        """Send the turn, for who has but a mouse."""
        if self._view.can_send:
            self.app.simulate_key("enter")

    def lines(self, width: int, height: int) -> list[Line]:
        view = self._view
        if not view.prompt:
            first: Line = []
        elif view.typed is not None:
            first = [(f"{view.prompt}> ", "key"), (view.typed, "strong"), (" ", "inverse")]
        else:
            first = [(f"{view.prompt}> ", "key")]
            first.append((cut(view.draft, width - width_of(first)), "strong"))
        text, style = (view.problem, "bad") if view.problem else (view.advice, "quiet")
        if height == 1:
            if view.typed is None and text:
                gap = "  " if first else ""
                return [[*first, (cut(gap + text, width - width_of(first)), style)]]
            return [first]
        rest: list[Line] = [
            [(line, style)] for line in wrap(text, width, height - bool(view.prompt))
        ]
        lines = [first, *rest] if view.prompt else rest
        room = max(0, height - len(lines))
        foot = self._foot(width, room)
        return [*lines, *([] for _ in range(room - len(foot))), *foot]

    def _foot(self, width: int, room: int) -> list[Line]:
        """Return what stands at the bottom."""
        foot: list[Line] = []
        if self._view.force and room:
            whole = wrap(self._view.force, width, 99)
            fits = len(whole) <= room or not self._view.force_short
            found = whole if fits else wrap(self._view.force_short, width, room)
            foot = [[(line, "warn")] for line in found[:room]]
        if self._view.ground and len(foot) < room:
            foot.insert(0, [(cut(self._view.ground, width), "quiet")])
        return foot
