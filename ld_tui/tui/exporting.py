"""The app's part that gives a game away: exports in the palette, the position to the clipboard.

Any screen that has a game takes part by an `exportable` method. Files are written by a thread.
"""

import io
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual.app import App, SystemCommand
from textual.screen import Screen

from ld_tui.tui.messages import GameExported

if TYPE_CHECKING:
    from ld_tui.arena.turning import Loss
    from ld_tui.export.command import Kind
    from ld_tui.export.worth import Worth
    from ld_tui.game.record import GameRecord
    from ld_tui.game.rules import Position
    from ld_tui.tui.analyses import Analysis
    from ld_tui.tui.conductor import Conductor
    from ld_tui.tui.replaying import Replaying

_FORMS: "Mapping[Kind, tuple[str, str]]" = {
    "html": ("Export as HTML", "A page with controls, for browsers"),
    "svg": ("Export as SVG", "A strip with a panel for each step"),
    "cast": ("Export as asciicast", "A recording that asciinema plays"),
    "text": ("Export as text", "Each turn with its decision"),
}
_FONT_FACE = re.compile(r"@font-face \{.*?\}", re.DOTALL)
_STAMP = "%Y%m%dT%H%M%S"
_HIDDEN = "not in this fog: it would tell where orange is"


@dataclass(frozen=True, slots=True)
class Exportable:
    """A game that can be given away."""

    record: "GameRecord"
    position: "Position"
    """The one on the screen."""
    known: "Mapping[int, Analysis]" = field(default_factory=dict)
    """What is known of its positions, by the turns before."""
    blame: "Mapping[int, Sequence[Loss]]" = field(default_factory=dict)
    """What is known of whose fault the losses of its turns were, by turn."""
    is_hidden: bool = False
    """Whether the person must not be told all of it."""
    name: str = "game"
    """What its file is called: as its save is, so that a folder of exports tells them apart."""


def exportable_of(game: "Conductor", path: Path | None) -> Exportable:
    """Return a game in progress; `path`: its save, if there is one."""
    known = {ply: game.analysis_at(ply) for ply in range(len(game.game.positions))}
    found = {ply: analysis for ply, analysis in known.items() if analysis is not None}
    return Exportable(game.game.record, game.position, found, {}, game.sight.is_hidden, _name(path))


def exportable_replay(game: "Replaying", is_hidden: bool, path: Path | None) -> Exportable:
    """Return a game that is looked at: the whole of it, with the position on the screen."""
    found = {ply: value for ply, value in enumerate(game.values) if value is not None}
    blame = {ply: review.blame for ply, review in game.reviews.found.items()}
    return Exportable(game.whole.record, game.position, found, blame, is_hidden, _name(path))


def export(shown: Exportable, kind: "Kind", folder: Path | None) -> GameExported:
    """Write a game into a folder, or, without one, into the message that tells of it."""
    from ld_tui.errors import LdTuiError
    from ld_tui.export.command import SUFFIXES, export_game, exported

    worths = _worths(shown)
    if folder is None:
        return GameExported(f"{shown.name}{SUFFIXES[kind]}", exported(shown.record, kind, worths))
    try:
        path = export_game(shown.record, kind, folder, worths=worths, name=shown.name)
    except LdTuiError as error:
        return GameExported("", problem=f"not exported: {error}")
    return GameExported(str(path))


def _name(path: Path | None) -> str:
    return path.stem if path is not None else "game"


def _worths(shown: Exportable) -> "dict[int, Worth]":
    from ld_tui.arena.turning import blame_lines
    from ld_tui.export.worth import Worth
    from ld_tui.game.notation import format_move

    turns = shown.record.turns
    worths = {}
    for ply, analysis in shown.known.items():
        worths[ply] = Worth(analysis.value, best=analysis.best)
        played = analysis.moves.get(format_move(turns[ply].move)) if ply < len(turns) else None
        if played is not None:
            blame = tuple(blame_lines(shown.blame.get(ply, ())))
            worths[ply] = Worth(analysis.value, played.value, played.regret, analysis.best, blame)
    return worths


class Exports(App[None]):
    """An app that exports the game on its screen."""

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Add what can be done with the screen's game to the palette."""
        yield from super().get_system_commands(screen)
        if hasattr(screen, "exportable"):
            for kind, (title, about) in _FORMS.items():
                yield SystemCommand(title, about, partial(self.export, kind))
            yield SystemCommand(
                "Copy position", "In notation, to the clipboard", self.copy_position
            )

    def copy_position(self) -> None:
        """Put the position on the screen, in notation, on the clipboard."""
        from ld_tui.game.notation import format_position

        shown = self._exportable()
        if shown is None or shown.is_hidden:
            self._refuse(shown)
            return
        text = format_position(shown.position)
        self.copy_to_clipboard(text)
        self.notify(f"copied: {text}", markup=False)

    def choose_export(self) -> None:
        """Let the person choose in which form the game on the screen is written."""
        from ld_tui.tui.screens.choice import ChoiceScreen
        from ld_tui.tui.widgets.menu import Item

        shown = self._exportable()
        if shown is None or shown.is_hidden:
            self._refuse(shown)
            return
        items = [
            Item(kind, title.removeprefix("Export as "), about.lower(), kind[0])
            for kind, (title, about) in _FORMS.items()
        ]

        def chosen(kind: str | None) -> None:
            if kind in _FORMS:
                self._export(cast("Kind", kind), shown)

        self.push_screen(
            ChoiceScreen("Export the game, into a file of this folder, as", items), chosen
        )

    def export(self, kind: "Kind") -> None:
        """Write the game on the screen into the folder that the program runs in.

        In a browser it is downloaded instead.
        """
        shown = self._exportable()
        if shown is None or shown.is_hidden:
            self._refuse(shown)
        else:
            self._export(kind, shown)

    def _export(self, kind: "Kind", shown: Exportable) -> None:
        def work() -> None:
            told = export(shown, kind, None if self.is_web else Path.cwd())
            if self.is_running:
                self.post_message(told)

        threading.Thread(target=work, name="exporter", daemon=True).start()

    def deliver_screenshot(
        self, filename: str | None = None, path: str | None = None, time_format: str | None = None
    ) -> str | None:
        """Save the screen as SVG, without the fonts that Textual's would load from elsewhere.

        Where there is no folder for downloads it goes to the folder that the program runs in.
        """
        import platformdirs

        svg = _FONT_FACE.sub("", self.export_screenshot())
        if path is None and not platformdirs.user_downloads_path().is_dir():
            path = str(Path.cwd())
        return self.deliver_text(
            io.StringIO(svg),
            save_directory=path,
            save_filename=filename or f"ld-tui-{datetime.now():{time_format or _STAMP}}.svg",
            open_method="browser",
            mime_type="image/svg+xml",
            name="screenshot",
        )

    def on_game_exported(self, message: GameExported) -> None:
        if message.problem:
            self.notify(message.problem, severity="error", markup=False)
        elif message.text:
            self.deliver_text(io.StringIO(message.text), save_filename=message.name)
        else:
            self.notify(f"exported: {message.name}", markup=False)

    def _exportable(self) -> Exportable | None:
        found = getattr(self.screen, "exportable", None)
        shown: Exportable | None = found() if found is not None else None
        return shown

    def _refuse(self, shown: Exportable | None) -> None:
        if shown is not None:
            self.notify(_HIDDEN, severity="warning", markup=False)
