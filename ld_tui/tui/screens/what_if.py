"""What is to be otherwise: a small form before a game is continued with a change."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from ld_tui.arena.levels import MAX_K
from ld_tui.arena.players import SELECTIONS
from ld_tui.tui.counterfactual import Change
from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.screens.choice import Title
from ld_tui.tui.text import Line
from ld_tui.tui.widgets.menu import Item, Menu
from ld_tui.tui.widgets.painter import Painter

_KS: tuple[int | None, ...] = (None, *range(1, MAX_K + 1))
_SELECTS: tuple[str | None, ...] = (None, *SELECTIONS)
_AS_WAS = "as it was"


def said(value: object) -> str:
    """Return how a value stands in the form."""
    return _AS_WAS if value is None else str(value)


class Complaint(Painter):
    """Why the form can't be taken."""

    DEFAULT_CSS = "Complaint { height: 1; }"

    text = ""

    def lines(self, width: int, height: int) -> list[Line]:
        return [[(self.text, "bad")]]


class WhatIfScreen(LdModal[Change | None]):
    """Gives the change to be made; None where the person changed their mind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "alter(-1)", "before", show=False, id="what_if.before"),
        Binding("right", "alter(1)", "next", show=False, id="what_if.next"),
        Binding("escape", "leave", "back", id="what_if.leave", tooltip="Back to the game"),
        Binding("f10", "app.quit", "quit", id="what_if.quit", tooltip="Quit"),
    ]

    def __init__(self, turn: int, has_ld: bool, strikes: int, people: str = "") -> None:
        """Take the turn from which it goes on, whether LD plays, and how many emergencies come.

        `people`: who plays in a person's place, in words; empty where no person played.
        """
        super().__init__()
        self._title = f"What if, from turn {turn} on…  (← → change, Enter chooses)"
        self._title += f" {people}." * bool(people)
        self._has_ld, self._strikes = has_ld, strikes
        self.change = Change()
        self._menu = Menu(self._items())
        self._input = Input(classes="path")
        self._complaint = Complaint()
        self._typing = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Title(self._title)
            yield self._menu
            yield self._input
            yield self._complaint

    def on_mount(self) -> None:
        self._input.display = False
        self._menu.focus()

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        match message.name:
            case "go" if not self.change.text:
                self._complain("nothing is changed yet: it would go as it did")
            case "go":
                self.dismiss(self.change)
            case "model" | "functionbase" as name:
                self._ask(name)
            case name:
                self._alter(name, 1)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        text = message.value.strip()
        is_url = self._typing == "model" and text.startswith(("http://", "https://"))
        if text and not is_url and not Path(text).expanduser().exists():
            self._complain(f"{text}: there is no such file or folder")
            return
        value = text if is_url or not text else str(Path(text).expanduser().absolute())
        if self._typing == "model":
            self._take(replace(self.change, model=value or None))
        else:
            self._take(replace(self.change, functionbase=value or None))
        self._done_typing()

    def action_alter(self, by: int) -> None:
        self._alter(self._menu.current, by)

    def action_leave(self) -> None:
        if self._input.display:
            self._done_typing()
        else:
            self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        if self.get_widget_at(*event.screen_offset)[0] is self:
            self.dismiss(None)

    def _alter(self, name: str, by: int) -> None:
        change = self.change
        match name:
            case "k" if self._has_ld:
                self._take(replace(change, k=_KS[(_KS.index(change.k) + by) % len(_KS)]))
            case "select" if self._has_ld:
                at = (_SELECTS.index(change.select) + by) % len(_SELECTS)
                self._take(replace(change, select=_SELECTS[at]))
            case "drops" if self._strikes:
                self._take(replace(change, drops=not change.drops))
            case _:
                return

    def _take(self, change: Change) -> None:
        self.change = change
        self._complain("")
        self._menu.show(self._items())

    def _ask(self, name: str) -> None:
        self._typing = name
        what = "a GGUF file, or a server's URL" if name == "model" else "a folder of functions"
        self._input.placeholder = f"{what}; empty: {_AS_WAS}"
        self._input.value = getattr(self.change, name) or ""
        self._input.display = True
        self._input.focus()

    def _done_typing(self) -> None:
        self._input.display = False
        self._complain("")
        self._menu.focus()

    def _complain(self, text: str) -> None:
        self._complaint.text = text
        self._complaint.refresh()

    def _items(self) -> list[Item]:
        change, has_ld = self.change, self._has_ld
        nobody = "LD doesn't play here"
        come = f"{self._strikes} from here on"
        emergencies = (
            (f"{come}: {'none strikes' if change.drops else 'as they did'}")
            if (self._strikes)
            else "none strikes from here on"
        )
        return [
            Item("k", "candidates K", said(change.k) if has_ld else nobody, "k", has_ld),
            Item("select", "selector", said(change.select) if has_ld else nobody, "s", has_ld),
            Item("model", "S-LLM…", said(change.model) if has_ld else nobody, "m", has_ld),
            Item("functionbase", "function base…", said(change.functionbase), "f", has_ld),
            Item("drops", "emergencies", emergencies, "e", bool(self._strikes)),
            Item("go", "go on", change.text or "choose a change first", "g"),
        ]
