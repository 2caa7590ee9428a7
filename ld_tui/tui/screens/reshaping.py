"""The part of the play screen for functions: edited while the game waits, decided with, kept."""

from collections.abc import Sequence

from ld_tui.tui.again import Again, again, ask_again, newest
from ld_tui.tui.messages import FunctionsKept
from ld_tui.tui.screens.again import AgainScreen
from ld_tui.tui.screens.choice import ChoiceScreen
from ld_tui.tui.screens.deeds import DeedsScreen
from ld_tui.tui.screens.play_keys import kept_items


class ReshapingScreen(DeedsScreen):
    """A screen with a game in which functions change."""

    def __init__(self) -> None:
        super().__init__()
        self._again: AgainScreen | None = None
        self._dropped: Again | None = None
        """What was decided before the functions changed, and not played."""

    def kept(self, message: FunctionsKept) -> None:
        """Tell what became of functions to be kept; the engine is to know those that were."""
        for line in message.kept:
            self.conductor.note(line)
        for line in message.problems:
            self.conductor.note(line, trouble=True)
        if message.kept:
            self.conductor.reload()

    def action_keep(self) -> None:
        """Keep the function that was written, or choose among several."""
        written = self.conductor.written
        if len(written) == 1:
            self._ld.keep(written)
        elif written:
            title = "Keep which for other games?"
            self.app.push_screen(ChoiceScreen(title, kept_items(written)), self._keep)

    def _keep(self, chosen: str | None) -> None:
        written = self.conductor.written
        found = [event for event in written if chosen in (event.name, "*")]
        if found:
            self._ld.keep(found)

    def action_functions(self) -> None:
        """Open the functions, the one chosen last first."""
        self.hand.leave()
        trace = self.conductor.trace
        chosen = [stage.chosen.name for stage in trace.stages if stage.chosen] if trace else []
        self._ld.visits.open(chosen[0] if chosen else "")
        self.hand.lead("f", self._ld.visits.leave)

    def wait_for_functions(self) -> bool:
        """Hold the game while functions are edited; tell whether it has to be let go on."""
        waits = not (self.conductor.is_paused or self.conductor.is_over)
        if waits:
            self.conductor.toggle_pause()
        return waits

    def back_from_functions(self, changes: Sequence[str], typed: str, waits: bool) -> None:
        """Go on with the game, saying what was changed.

        `typed`: what was typed there and is a move's: the letter of the key that led there begins
        it, or it is being typed already.
        """
        self.hand.entry.take_lead()
        for line in changes[-3:]:
            self.conductor.note(f"functions: {line}; D decides again")
        if changes and not self.conductor.is_persons_turn and not self.conductor.is_over:
            # What was decided with the old functions, and not yet played, is decided anew.
            self._dropped = again(self.conductor.game, self.conductor.trace)
            self.conductor.reconsider()
        if waits:
            self.conductor.toggle_pause()
        if typed and self.hand.begins_move("f"):
            self.hand.open_entry("f")
        for character in typed:
            self.hand.typed(character, character)

    def action_decide_again(self) -> None:
        """Decide the LD agent's last turn again, and show both decisions."""
        game = self.conductor.game
        found = newest(self._dropped, again(game, self.conductor.trace), game)
        if found is None:
            self.hand.refuse("LD has not decided in this game yet")
            return
        ask_again(found, game, self.conductor.engine)
        self._again = AgainScreen(found, self._letters, self._ld.visits.applied)
        self._ld.push_screen(self._again)
