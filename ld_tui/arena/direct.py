"""Direct players: a language model is asked for the move itself, in notation.

This is how the paper's L-LLM, its bare S-LLM and its KD baseline play. An answer is a move or it
is not: nothing is read out of prose, nothing is mended. Training of the KD baseline puts the very
same prompt.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from ld_tui.agent.events import Decided, Event, GaveUp, Rejected, StageBegan, ms_since
from ld_tui.agent.prompt import normalize
from ld_tui.arena.game import History
from ld_tui.errors import NotationError
from ld_tui.game.board import Cell, format_cell
from ld_tui.game.describe import ROLES, roles, rules_text, state_text
from ld_tui.game.notation import format_move, parse_move
from ld_tui.game.rules import Position, Rules, Side, as_known, illegality
from ld_tui.llm.call import UNKNOWN, Tally, counted
from ld_tui.llm.completer import Completer

QUESTIONS = {
    Side.BLUE: "To where does each blue dot move?",
    Side.ORANGE: "To where does the orange dot move?",
}
STAGE = "move"
MAX_TOKENS = 32
"""Of an answer: a blue turn is 6 cells, which a model that knows no cells spells out."""


def task_text(rules: Rules, side: Side) -> str:
    """Return the part of the prompt that stays the same over a game: question and rules."""
    return normalize(f"{QUESTIONS[side]} {rules_text(rules, side)}")


def situation_text(position: Position) -> str:
    """Return the part of the prompt that tells the position.

    First each dot's cell, the blue ones in the dots' order with their role and where orange lies
    as seen from there; then closed cells; then the state in words as the S-LLM of LD reads it.
    """
    known = as_known(position)
    role = dict(zip(roles(known), ROLES, strict=True))
    parts = [f"orange {format_cell(known.orange)}"]
    for dot, cell in enumerate(known.blue):
        parts.append(f"{format_cell(cell)} {role[dot]} {_bearing(cell, known.orange)}")
    if closed := sorted(position.rules.closed):
        parts.append(f"closed {' '.join(map(format_cell, closed))}")
    parts.append(state_text(position, STAGE))
    return f"{normalize(' ; '.join(parts))} . move :"


def move_prompt(position: Position) -> str:
    """Return the one line after which a model names the move, as ` a1b2 c4e4 h8h6`."""
    return f"{task_text(position.rules, position.to_move)} {situation_text(position)}"


def _bearing(origin: Cell, cell: Cell) -> str:
    cols, rows = cell.col - origin.col, cell.row - origin.row
    return f"{'N' if rows >= 0 else 'S'}{abs(rows)} {'E' if cols >= 0 else 'W'}{abs(cols)}"


def read_answer(position: Position, text: str) -> str:
    """Return the move that an answer is, in notation.

    Raises NotationError, in one line, where the answer is anything but one legal move. Only the
    one space that parts it from the prompt is not looked at.
    """
    move = parse_move(text.removeprefix(" "))
    if reason := illegality(position, move):
        raise NotationError(reason)
    return format_move(move)


@dataclass(frozen=True, slots=True)
class DirectPlayer:
    """Plays what a model answers; asks again, sampling by the seed, where it is no legal move.

    The first answer of a decision is the model's most probable. Each refused one is an illegal
    choice, told in a `Rejected` event; the next is sampled from the model, since the most
    probable would be the same again. Once the side's illegal choices are used up, it gives up.
    """

    completer: Completer
    name: str

    def decide(self, position: Position, history: History, seed: int) -> Iterator[Event]:
        """Yield what is done to decide; the last event, only, is `Decided` or `GaveUp`."""
        started = time.perf_counter()
        side, rules = position.to_move, position.rules
        yield StageBegan(1, 1, STAGE, QUESTIONS[side], state_text(position, STAGE))
        prompt, spent = move_prompt(position), Tally()
        for attempt in range(rules.max_illegal - position.illegal.of(side) + 1):
            sampled = f"{seed} {attempt}" if attempt else None
            with counted() as tally:
                answer = self.completer.complete(prompt, MAX_TOKENS, ("\n",), sampled)
            spent.add(tally.tokens if tally.calls else UNKNOWN)
            try:
                move = read_answer(position, answer)
            except NotationError as error:
                yield Rejected(1, self.name, str(error), True)
            else:
                cost = spent.tokens
                yield Decided(move, ms_since(started), cost.read, cost.written)
                return
        why = f"{side} has no illegal choice left"
        yield GaveUp(why, ms_since(started), spent.tokens.read, spent.tokens.written)
