"""Running on: a watched game goes on by itself until something happens that is worth a look."""

from ld_tui.arena.marks import loss_mark
from ld_tui.game.notation import format_move
from ld_tui.tui.conductor import Conductor


class RunOn:
    """Plays turns, each looked at before the next, up to a turning point or an emergency."""

    def __init__(self, game: Conductor) -> None:
        self.is_running = False
        self._game = game
        self._judged = 0
        """Turns that need no look any more."""
        self._struck = 0
        self._asked_at = -1
        """Turns played when the last one was asked for."""

    def start(self) -> None:
        """Run on from here."""
        self.is_running = True
        self._judged = self._game.game.ply
        self._struck = len(self._game.game.record.struck)
        self._asked_at = -1
        self.look()

    def stop(self) -> None:
        """Run no further; the game stays as it is, paused."""
        self.is_running = False

    def look(self) -> None:
        """Take notice of the game: stop where there is something, else have it go on."""
        game = self._game
        if not self.is_running:
            return
        if not game.is_watching or game.is_over or game.trouble or game.game.ply < self._judged:
            self.stop()
            return
        found = self._found()
        if found is None:
            return
        if found:
            self.stop()
            if not game.is_paused:
                game.toggle_pause()
            game.note(found)
        elif self._asked_at != game.game.ply:
            self._asked_at = game.game.ply
            game.step()

    def _found(self) -> str | None:
        """Say what there is to look at; empty: nothing, None: that is not known yet."""
        game = self._game
        record = game.game.record
        if len(record.struck) > self._struck:
            return "stopped at an emergency"
        for ply in range(self._judged, len(record.turns)):
            turn, before = record.turns[ply], game.analysis_at(ply)
            if any(event.get("event") == "emergency" for event in turn.events):
                return "stopped at an emergency: an author was asked"
            if before is None and not game.analyst.problem:
                return None
            worth = before.moves.get(format_move(turn.move)) if before is not None else None
            if worth is not None and (sign := loss_mark(worth.regret)):
                return f"stopped at a turning point: {turn.side} {sign}"
            self._judged = ply + 1
        return ""
