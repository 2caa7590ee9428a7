"""The person's hand: the cursor, the turn being put together or typed, cells being marked.

It knows the keys' meanings, not the keys; `drawn` is called when something of it changed.
"""

from collections.abc import Callable
from dataclasses import replace

from ld_tui.errors import IllegalMove, LdTuiError, NotationError
from ld_tui.game.board import Cell, format_cell
from ld_tui.game.mapped import map_text
from ld_tui.game.rules import Position, Side
from ld_tui.tui import deeds, views
from ld_tui.tui.conductor import Conductor
from ld_tui.tui.draft import Draft, TypedTurn, read_typed
from ld_tui.tui.emergencies import LETTERS, SIGNS, force_text
from ld_tui.tui.entry import MoveEntry
from ld_tui.tui.picture import Picture
from ld_tui.tui.settings import NAMES
from ld_tui.tui.widgets.moveline import MoveView


class Hand:
    """What a person does in one game."""

    def __init__(self, conductor: Conductor, letters: bool, drawn: Callable[[], None]) -> None:
        self.conductor = conductor
        self.entry = MoveEntry()
        self.hovered: Cell | None = None
        self.letters = letters
        self.is_large = False
        """Whether the board is drawn in cells of several rows, where a target is a ring."""
        self._drawn = drawn
        self._cursor: Cell | None = None
        self._marked: set[Cell] | None = None
        """Cells about to be closed; None while no roadblock is being made."""
        self._problem = ""
        self._advice = ""
        self._turn: Position | None = None
        self._wants_hint = False

    # What is to be seen

    def picture(self) -> Picture:
        """Return the board as it is to be drawn."""
        blocking = self._marked is not None
        hovered = None if blocking else self.hovered
        marked = frozenset(self._marked or ())
        return views.picture(self.conductor, self._cursor, hovered, marked, blocking)

    def move_view(self) -> MoveView:
        """Return what the move line tells."""
        game = self.conductor
        if self._marked is not None:
            advice = "Enter marks a cell, e closes what is marked, Esc leaves"
            marked = views.cells_text(frozenset(self._marked))
            return MoveView("close", None, marked, advice, self._problem)
        view = self._turn_view()
        start = game.game.record.start
        short = force_text(game.position, start, LETTERS if self.letters else SIGNS)
        force = force_text(game.position, start)
        return replace(view, force=force, force_short=short, ground=map_text(start))

    def _turn_view(self) -> MoveView:
        """Return what the move line tells of the turn."""
        game, draft = self.conductor, self.conductor.draft
        if self.entry.is_open and not game.is_persons_turn:
            reason = f"{self._not_now()}; Esc leaves"
            return MoveView("move", self.entry.text, "", problem=reason)
        if (result := game.game.outcome) is not None:
            back = ", u takes back" if game.can_take_back else ""
            advice = f"{views.outcome_text(game, result)}; n new game{back}"
            return MoveView(advice=advice, problem=self._problem)
        if game.trouble:
            side = game.position.to_move
            who = NAMES.get(game.game.record.player(side).kind, "the program")
            advice = (
                f"{who} can't move. {side[0]}: you play {side}; g: greedy does; .: ask {who} again"
            )
            return MoveView(problem=self._problem or advice)
        if not game.is_persons_turn:
            text = "paused" if game.is_paused else f"{game.position.to_move} to move"
            return MoveView(advice=text, problem=self._problem)
        told = (draft.shown(), self._next_step(), self._problem)
        return MoveView("move", self.entry.text, *told, can_send=draft.is_complete)

    def _not_now(self) -> str:
        """Say why the person can't move."""
        if self.conductor.is_over:
            return "the game is over"
        return f"it is {self.conductor.position.to_move}'s turn, not yours"

    def _next_step(self) -> str:
        """Say what the person can do next."""
        draft = self.conductor.draft
        if self.entry.is_open:
            if _is_turn(self.entry.text or "", draft):
                return "Enter sends, Esc leaves; if illegal it counts"
            return "Enter sends, Esc leaves"
        if self._advice:
            return self._advice
        if draft.is_complete:
            return "Enter or a click here sends; u takes back"
        if draft.selected is None:
            return "Tab selects a dot"
        where = format_cell(draft.sources[draft.selected])
        sign = "+" if self.letters else "ring" if self.is_large else "◦"
        how = ", by arrows and Enter, or click it" if self.is_large else ""
        if draft.side is Side.ORANGE:
            return f"go to a {sign}{how}" if self.is_large else f"go to a cell marked {sign}"
        return f"dot {draft.selected + 1}, {where}: go to a {sign}{how}"

    @property
    def is_idle(self) -> bool:
        """Tell whether there is nothing to leave: nothing is typed, marked or said."""
        said = self._problem or self._advice
        return not (self.entry.is_open or self._marked is not None or said or self._wants_hint)

    @property
    def is_marking(self) -> bool:
        """Tell whether cells are being marked to be closed."""
        return self._marked is not None

    @property
    def _orange(self) -> Cell:
        """Where orange is, as far as the person may know."""
        sight = self.conductor.sight
        return sight.seen if sight.is_hidden and sight.seen else self.conductor.position.orange

    # What is done

    def look(self) -> None:
        """Take notice of the game: a new turn begins with nothing typed; a hint may have come."""
        draft = self.conductor.draft
        if self._turn is draft.position:
            if self._wants_hint and self.conductor.best_move() is not None:
                self.hint()
            return
        self._turn = draft.position
        if self.conductor.is_over:
            self.entry.close()
        self._problem = self._advice = ""
        self._wants_hint = False
        if self.conductor.is_persons_turn:
            self._cursor = draft.sources[draft.selected or 0]
        elif self._marked is None:
            self._cursor = None

    def begins_move(self, character: str) -> bool:
        """Tell whether a character is a column, and may begin a typed move now."""
        column = ord(character.lower()) - ord("a")
        is_column = 0 <= column < self.conductor.position.base.size
        can_move = self.conductor.is_persons_turn and self._marked is None
        return is_column and can_move and not self.entry.is_open

    def open_entry(self, text: str) -> None:
        """Begin to type a move; out of turn the line opens too, so that no letter acts as a key."""
        self._marked = None
        self._problem = ""
        self.entry.open(text)
        self._drawn()

    def paste(self, text: str) -> None:
        """Type a text at once; where the person can't move, say so."""
        if not self.entry.is_open:
            if not self.conductor.is_persons_turn:
                self.refuse(f"{self._not_now()}; what was pasted is left out")
                return
            self.open_entry("")
        for character in text:
            self.typed(character, character)

    def typed(self, key: str, character: str | None) -> bool:
        """Take a key into the move that is being typed; tell whether it was one for it.

        While one is typed every character is for it; those that no move holds are dropped.
        """
        if not self.entry.is_open:
            return False
        if key == "backspace":
            self.entry.rub_out()
        elif character is None:
            return False
        else:
            self.entry.type(character)
        self._problem = ""
        self._drawn()
        return True

    def lead(self, letter: str, undo: Callable[[], None]) -> None:
        """Let a key's letter begin a move after all, if it is a column and a digit follows."""
        if ord(letter) - ord("a") < self.conductor.position.base.size:
            self.entry.lead(letter, undo)

    def enter(self) -> None:
        """Send what is typed, or the turn once it is complete, or choose the cursor's cell."""
        if self.entry.is_open:
            self._send_typed()
        elif self._marked is None and self.conductor.draft.is_complete:
            self.send()
        elif self._cursor is not None:
            self.point(self._cursor)

    def move_cursor(self, cols: int, rows: int) -> None:
        size = self.conductor.position.base.size
        here = self._cursor or self._orange
        col, row = here.col + cols, here.row + rows
        self._cursor = Cell(min(size - 1, max(0, col)), min(size - 1, max(0, row)))
        self._drawn()

    def click(self, cell: Cell) -> None:
        """Choose a cell with the mouse."""
        self._cursor = cell
        self.point(cell)

    def cycle(self, step: int) -> None:
        """Select the next dot, or the one before."""
        if self.conductor.is_persons_turn:
            self.set_draft(self.conductor.draft.cycle(step))

    def hint(self) -> None:
        """Fill in a best move."""
        old, best = self.conductor.draft, self.conductor.best_move()
        if not self.conductor.is_persons_turn:
            return
        if self.conductor.sight.is_hidden:
            self.refuse("there is no hint in the fog: it would tell where orange is")
        elif best is None and self.conductor.analyst.problem:
            self.refuse(f"there is no hint: {self.conductor.analyst.why_not}")
        elif best is None:
            self.refuse("the board is still being solved; the hint will come")
            self._wants_hint = True
        else:
            self.set_draft(old.put_all(best), "a best move: Enter sends it, u takes it back")
        self.lead("h", lambda: self.set_draft(old))

    def undo(self) -> None:
        """Take back a dot of the turn, or turns."""
        draft = self.conductor.draft
        if self._marked is not None:
            self._marked.clear()
            self._drawn()
        elif self.conductor.is_persons_turn and draft.is_begun:
            self.set_draft(draft.back())
        elif not deeds.take_back(self.conductor):
            self.refuse("there is no turn of yours to take back")

    def block(self) -> None:
        """Begin to mark cells to be closed; close them if some are marked."""
        if self._marked is None:
            self.entry.close()
            self._marked = set()
            self._cursor = self._cursor or self._orange
            self._drawn()
        elif not self._marked:
            self.leave()
        else:
            marked = sorted(self._marked)
            self._strike(lambda: self.conductor.roadblock(marked))

    def strike(self, kind: str) -> None:
        """Let an emergency of a kind strike, wherever the game's seed says."""
        self._strike(lambda: self.conductor.strike_kind(kind))

    def leave(self) -> None:
        """Leave typing and marking."""
        self._wants_hint = False
        self.entry.close()
        self._marked = None
        self._problem = self._advice = ""
        self._drawn()

    def point(self, cell: Cell) -> None:
        """Do what choosing a cell means now."""
        game, draft = self.conductor, self.conductor.draft
        if self._marked is not None:
            self._mark(self._marked, cell)
        elif not game.is_persons_turn:
            self._drawn()
        elif cell in draft.legal():
            self._put(cell)
        elif dots := [dot for dot in draft.dots_on(cell) if not draft.is_preset(dot)]:
            at = dots.index(draft.selected) + 1 if draft.selected in dots else 0
            self.set_draft(draft.select(dots[at % len(dots)]))
        elif draft.is_complete:
            self.refuse("every dot is set: Enter sends the turn, u takes a dot back")
        else:
            self._put(cell)

    def send(self) -> None:
        """Send the turn, if it is complete."""
        draft = self.conductor.draft
        if self.conductor.is_persons_turn and draft.is_complete:
            self.conductor.submit(draft.move)

    def set_draft(self, draft: Draft, advice: str = "") -> None:
        """Take another state of the turn; the cursor goes to the dot to be moved."""
        self._wants_hint = False
        self.conductor.draft = draft
        self._problem, self._advice = "", advice
        if draft.selected is not None:
            self._cursor = draft.standing[draft.selected]
        self._drawn()

    def refuse(self, reason: str) -> None:
        """Say why something can't be done."""
        self._problem = reason
        self._drawn()

    def _put(self, cell: Cell) -> None:
        try:
            draft = self.conductor.draft.put(cell)
        except IllegalMove as error:
            self.refuse(str(error))
            return
        self.set_draft(draft)
        if draft.side is Side.ORANGE:
            self.send()

    def _send_typed(self) -> None:
        text = self.entry.text or ""
        self.entry.close()
        if not text.strip():
            self._drawn()
            return
        if not self.conductor.is_persons_turn:
            self.refuse(f"{self._not_now()}; nothing was played")
            return
        draft = self.conductor.draft
        try:
            typed = read_typed(text, draft)
            if isinstance(typed, TypedTurn):
                if reason := self.conductor.submit(typed.move):
                    self.refuse(f"illegal, and counted: {reason}")
                return
            for dot, target in typed.pairs:
                draft = draft.put(target, dot)
        except (NotationError, IllegalMove) as error:
            self.refuse(str(error))
            return
        self.set_draft(draft)
        if draft.side is Side.ORANGE:
            self.send()

    def _mark(self, marked: set[Cell], cell: Cell) -> None:
        """Mark a cell to be closed, or unmark it."""
        position = self.conductor.position
        if self.conductor.sight.is_hidden:
            self.refuse("orange is unseen: a roadblock could betray where it is")
        elif cell in (*position.blue, position.orange):
            self.refuse(f"a dot stands on {format_cell(cell)}; close an empty cell")
        elif cell in position.rules.closed:
            self.refuse(f"{format_cell(cell)} is closed already")
        else:
            marked ^= {cell}
            self._problem = ""
            self._drawn()

    def _strike(self, strike: Callable[[], None]) -> None:
        try:
            strike()
        except LdTuiError as error:
            self.refuse(str(error))
        else:
            self.leave()


def _is_turn(text: str, draft: Draft) -> bool:
    """Tell whether what is typed is a whole turn, which counts where it is illegal."""
    try:
        return isinstance(read_typed(text, draft), TypedTurn)
    except (NotationError, IllegalMove):
        return False
