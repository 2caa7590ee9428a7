"""The part of the play screen for what concerns the game: sides, resigning, best line, again."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from ld_tui.config.schema import BY_NAME
from ld_tui.game.rules import Side
from ld_tui.tui import deeds
from ld_tui.tui.bestline import BestLine
from ld_tui.tui.conductor import Conductor
from ld_tui.tui.hand import Hand
from ld_tui.tui.picture import Picture
from ld_tui.tui.players import wanted_again
from ld_tui.tui.screens.base import LdScreen
from ld_tui.tui.screens.choice import ChoiceScreen
from ld_tui.tui.screens.line import LineScreen, Played, Turns
from ld_tui.tui.screens.play_keys import HAND_OVER, RESIGN
from ld_tui.tui.transport import RunOn

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp


class DeedsScreen(LdScreen):
    """A screen with a game."""

    conductor: Conductor
    hand: Hand
    run_on: RunOn
    _letters: bool
    _shown: Picture | None
    """A board that is shown in place of the game's."""

    def can_do(self, action: str) -> bool:
        """Tell whether one of the actions below does something now."""
        game = self.conductor
        match action:
            case "hurry":
                return deeds.can_hurry(game)
            case "resign":
                return deeds.resigning(game) is not None
            case "look_back":
                return game.is_over or game.is_watching
        return game.is_over

    def action_hurry(self) -> None:
        deeds.hurry(self.conductor)

    def action_resign(self) -> None:
        side = deeds.resigning(self.conductor)
        if side is not None:
            self.hand.leave()
            self.app.push_screen(
                ChoiceScreen(f"Give the game up for {side}?", RESIGN), self._resign
            )

    def _resign(self, chosen: str | None) -> None:
        if chosen == "yes":
            deeds.resign(self.conductor)

    def action_watch(self) -> None:
        self.hand.leave()
        seats = self.conductor.seats
        if own := [side for side in Side if seats.is_own(side)]:
            self._ask_whether(own, "w", self.conductor.watch)
        else:
            self.conductor.watch()

    def action_take_over(self, name: str) -> None:
        """Hand a side from its program to the person, or back; their own only when they mean it."""
        side = Side(name)
        self.hand.leave()
        self.run_on.stop()
        if self.conductor.seats.is_own(side):
            self._ask_whether([side], name[0], lambda: self.conductor.take_over(side))
        else:
            self.conductor.take_over(side)
            self.hand.lead(name[0], lambda: self.conductor.take_over(side))

    def _ask_whether(self, sides: list[Side], letter: str, hand: Callable[[], None]) -> None:
        """Ask whether programs are to play the person's sides; `letter` is the key's."""

        def chosen(answer: str | None) -> None:
            if answer == "yes":
                hand()
            elif answer is not None and answer.isdigit() and self.hand.begins_move(letter):
                self.hand.open_entry(letter + answer)

        who = self.conductor.seats.program_name(sides[0])
        title = f"Let {who} play {' and '.join(sides)} from here?"
        self.app.push_screen(ChoiceScreen(title, HAND_OVER), chosen)

    def action_line(self) -> None:
        """Step through the best line from here."""
        game = self.conductor
        if game.sight.is_hidden:
            self.hand.refuse("there is no line in the fog: it would tell where orange is")
        elif game.analyst.problem:
            self.hand.refuse(f"there is no line: {game.analyst.why_not}")
        else:
            line = BestLine(game.position, game.analyst.known, game.analyst.ask)
            self._step_through("The best line from here", line)

    def action_look_back(self) -> None:
        """Step through the game so far."""
        game = self.conductor.game
        moves = [turn.move for turn in game.record.turns]
        marks = [deeds.mark_at(self.conductor, ply) for ply in range(len(moves))]
        played = Played(game.positions, moves)
        self._step_through("The game, turn by turn", played, marks, len(moves))

    def _step_through(
        self, title: str, turns: Turns, marks: Sequence[str] = (), at: int = 0
    ) -> None:
        self.hand.leave()
        if self.conductor.is_watching and not self.conductor.is_paused:
            self.conductor.toggle_pause()
        screen = LineScreen(title, turns, self._show_board, self._letters, marks, at)
        self.app.push_screen(screen, self._stepped)

    def _show_board(self, picture: Picture | None) -> None:
        self._shown = picture
        self._draw_hand()

    def _stepped(self, digit: str | None) -> None:
        if digit is not None and self.hand.begins_move("l"):
            self.hand.open_entry(f"l{digit}")

    def action_again(self, switched: bool = False) -> None:
        """Begin another game like this."""
        self._ld.begin(wanted_again(self.conductor.game, switched))

    def action_switch(self) -> None:
        self.action_again(True)

    def action_sound(self) -> None:
        self._ld.change(BY_NAME["sound"], not self._ld.config.sound)
        self.conductor.note(f"sound is {'on' if self._ld.config.sound else 'off'}")

    @property
    def _ld(self) -> "LdTuiApp":
        return cast("LdTuiApp", self.app)

    def _draw_hand(self) -> None:
        raise NotImplementedError
