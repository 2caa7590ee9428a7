"""What a person can say, and what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ld_tui.errors import IllegalMove, LdTuiError, NotationError
from ld_tui.game.board import Cell, format_cell, parse_cell
from ld_tui.game.emergencies import KINDS
from ld_tui.game.notation import format_move
from ld_tui.game.rules import Side
from ld_tui.plain import words
from ld_tui.plain.session import Session
from ld_tui.plain.thoughts import DETAILS, decision_lines
from ld_tui.tui.analyses import Analysis
from ld_tui.tui.draft import TypedTurn, read_typed
from ld_tui.tui.keeping import keep_texts
from ld_tui.tui.pace import SPEEDS


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to say."""

    names: tuple[str, ...]
    """The first is its name, others are short for it."""
    usage: str
    help: str
    run: Callable[[str], None]


class Commands:
    """The commands of one session."""

    def __init__(self, session: Session, functionbase: Path | None) -> None:
        self._session = session
        self._game = session.conductor
        self._functionbase = functionbase
        self._all = self._table()
        self._by_name = {name: each for each in self._all for name in each.names}

    def _table(self) -> tuple[Command, ...]:
        return (
            Command(("where", "w"), "where", "spell the position out", self._where),
            Command(("board",), "board", "draw the board with letters", self._board),
            Command(("legal", "l"), "legal [DOT]", "where dots may go", self._legal),
            Command(("value", "v"), "value [MOVE]", "what the game, or a turn, is worth",
                    self._value),
            Command(("clock",), "clock", "what each side has left", self._clock),
            Command(("hint", "h"), "hint", "a best move", self._hint),
            Command(("best",), "best", "play a best move", self._best),
            Command(("why", "y"), "why", "the last decision, with all there was to choose from",
                    self._why),
            Command(("code",), "code", "the source of the function written last", self._code),
            Command(("undo", "u"), "undo", "take your last turn back", self._undo),
            Command(("emergency", "e"), "emergency KIND [CELL...]",
                    f"let one strike: {words.listed(KINDS, 'or')}", self._emergency),
            Command(("skip",), "skip", "decide without the function being written", self._skip),
            Command(("keep",), "keep", "keep functions written in this game for others",
                    self._keep),
            Command(("detail",), "detail brief|normal|full", "how much is said of decisions",
                    self._detail),
            Command(("take",), "take SIDE", "take a side over from its program, or give it back",
                    self._take),
            Command(("watch",), "watch", "let programs play both sides", self._watch),
            Command(("step", "s"), "step", "watching: one turn", self._step),
            Command(("pause", "p"), "pause", "watching: pause", self._pause),
            Command(("go", "g"), "go", "play on; ask again where a decision failed", self._go),
            Command(("faster",), "faster", "watching: faster", self._faster),
            Command(("slower",), "slower", "watching: slower", self._slower),
            Command(("greedy",), "greedy", "let the greedy player go on for a stuck program",
                    self._greedy),
            Command(("save",), "save", "say where the game is saved", self._save),
            Command(("resign",), "resign", "give up", self._resign),
            Command(("help", "?"), "help", "this", self._help),
            Command(("quit", "q"), "quit", "leave; the game is saved", self._quit),
        )  # fmt: skip

    def hear(self, line: str) -> None:
        """Do what a line says: a command, or else a move."""
        name, _, rest = line.partition(" ")
        command = self._by_name.get(name.lower())
        if command is not None:
            try:
                command.run(rest.strip())
            except LdTuiError as error:
                self._say(f"{words.capital(str(error))}.")
        elif line:
            self._move(line)
        elif self._game.is_watching and self._game.is_paused:
            self._step("")

    # Moves

    def _move(self, line: str) -> None:
        if not self._game.is_persons_turn:
            self._say(f"{self._not_now()} help lists what can be said.")
            return
        draft = self._game.draft
        try:
            typed = read_typed(line, draft)
            if isinstance(typed, TypedTurn):
                self._game.submit(typed.move)
                return
            for dot, target in typed.pairs:
                draft = draft.put(target, dot)
        except NotationError as error:
            self._say(f"{words.capital(str(error))}; help lists what can be said.")
            return
        except IllegalMove as error:
            self._say(f"Not possible, and not counted: {error}.")
            return
        self._game.draft = draft
        if draft.is_complete:
            self._game.submit(draft.move)
            return
        missing = words.listed(
            f"dot {dot + 1} at {format_cell(draft.sources[dot])}"
            for dot, target in enumerate(draft.targets)
            if target is None
        )
        self._say(f"So far {draft.shown()}; still to move: {missing}.")

    def _not_now(self) -> str:
        if self._game.is_over:
            return "The game is over; undo takes back, quit leaves."
        return f"It is {self._game.position.to_move}'s turn, not yours."

    # Looking

    def _where(self, rest: str) -> None:
        self._session.say(*words.position_lines(self._game.game, self._game.sight))

    def _board(self, rest: str) -> None:
        self._session.say(*words.board_lines(self._game.position, self._game.sight))

    def _legal(self, rest: str) -> None:
        position = self._game.position
        if self._game.is_over or (self._game.sight.is_hidden and position.to_move is Side.ORANGE):
            self._say(self._not_now())
            return
        dots = range(len(position.dots(position.to_move)))
        if rest:
            dots = range(*(at := self._dot(rest), at + 1))
        self._session.say(*words.legal_lines(position, dots))

    def _clock(self, rest: str) -> None:
        line = words.clock_line(self._game.clock)
        self._say(line or "There is no clock; --clock MINUTES begins a game with one.")

    def _dot(self, text: str) -> int:
        """Read a dot of the side to move, by its number or its cell."""
        cells = self._game.position.dots(self._game.position.to_move)
        if text in [str(at + 1) for at in range(len(cells))]:
            return int(text) - 1
        found = [at for at, cell in enumerate(cells) if format_cell(cell) == text.lower()]
        if not found:
            raise NotationError(f"{text!r} is no dot of {self._game.position.to_move}")
        return found[0]

    def _value(self, rest: str) -> None:
        self._when_known(lambda found: self._say_value(found, rest))

    def _say_value(self, found: Analysis, rest: str) -> None:
        if not rest:
            par = self._game.par
            told = "" if par is None or par.value is None else f"; par {par.value}"
            self._say(f"{words.capital(words.value_text(found.value))}{told}.")
            return
        try:
            typed = read_typed(rest, self._game.draft)
        except LdTuiError as error:
            self._say(f"{words.capital(str(error))}.")
            return
        worth = found.moves.get(format_move(typed.move)) if isinstance(typed, TypedTurn) else None
        if worth is None:
            self._say(f"{rest!r} is no legal whole turn here.")
            return
        lost = words.lost_text(worth, found)
        self._say(f"{words.capital(words.value_text(worth.value))} then{'; ' * bool(lost)}{lost}.")

    def _hint(self, rest: str) -> None:
        self._when_known(
            lambda found: self._say(
                f"A best move: {found.best}; {words.value_text(found.value)}. best plays it."
                if found.best
                else "There is no move to be made."
            )
        )

    def _best(self, rest: str) -> None:
        if not self._game.is_persons_turn:
            self._say(self._not_now())
            return
        self._when_known(lambda found: self._play_best())

    def _play_best(self) -> None:
        best = self._game.best_move()
        if best is not None and self._game.is_persons_turn:
            self._game.submit(best)

    def _when_known(self, use: Callable[[Analysis], None]) -> None:
        """Use the present position's analysis, once it is there."""
        if self._game.sight.is_hidden:
            self._say("Not in the fog: it would tell where orange is.")
            return
        if self._game.is_over:
            self._say(self._not_now())
            return
        asked = self._game.position

        def look() -> bool:
            found = self._game.analyst.known(asked)
            if self._game.position is not asked:
                return True
            if found is not None:
                use(found)
                return True
            if problem := self._game.analyst.problem:
                self._say(f"{words.capital(problem)}.")
                return True
            return False

        self._session.wait_for(look)
        if self._session.waiting is not None:
            self._say("The board is being solved; the answer will come.")

    def _why(self, rest: str) -> None:
        trace = self._game.trace
        if trace is None or not trace.stages:
            self._say("Nobody has decided anything yet that could be explained.")
        elif trace.side is Side.ORANGE and self._game.sight.is_hidden:
            self._say("Not in the fog: it would tell where orange is.")
        else:
            self._session.say(*decision_lines(trace, "full"))

    def _code(self, rest: str) -> None:
        written = self._game.written
        if not written:
            self._say("No function was written in this game.")
            return
        for line in written[0].text.splitlines():
            self._say(line)

    # Doing

    def _undo(self, rest: str) -> None:
        if self._game.draft.is_begun and self._game.is_persons_turn:
            self._game.draft = self._game.draft.back()
            self._say(f"So far {self._game.draft.shown()}.")
        elif self._game.take_back():
            self._session.news.skip()
            self._say(f"Taken back. {words.turn_line(self._game.game)}")
        else:
            self._say("There is no turn of yours to take back.")

    def _emergency(self, rest: str) -> None:
        kind, _, where = rest.partition(" ")
        if kind not in KINDS:
            self._say(f"Say which: {words.listed(KINDS, 'or')}.")
        elif where and kind == "roadblock":
            self._game.roadblock(_cells(where))
        elif where:
            self._say(f"Only a roadblock takes cells; say emergency {kind}.")
        else:
            self._game.strike_kind(kind)

    def _skip(self, rest: str) -> None:
        if self._game.is_authoring:
            self._game.skip_author()
        else:
            self._say("No function is being written.")

    def _keep(self, rest: str) -> None:
        written = [event for event in self._game.written if rest in ("", event.name)]
        if not written:
            self._say("There is no such function of this game to keep.")
            return
        kept, problems = keep_texts([event.text for event in written], self._functionbase)
        self._session.say(*(f"{words.capital(line)}." for line in (*kept, *problems)))
        if kept:
            self._game.reload()

    def _detail(self, rest: str) -> None:
        for detail in DETAILS:
            if rest == detail:
                self._session.news.detail = detail
                self._say(f"Detail is {detail} now.")
                return
        self._say(f"Say detail {words.listed(DETAILS, 'or')}; it is {self._session.detail}.")

    def _take(self, rest: str) -> None:
        if rest not in (*Side,):
            self._say("Say take blue or take orange.")
        elif self._game.is_over:
            self._say(self._not_now())
        else:
            self._game.take_over(Side(rest))

    def _watch(self, rest: str) -> None:
        if not self._game.is_over:
            self._game.watch()

    def _step(self, rest: str) -> None:
        if self._game.is_over:
            self._say(self._not_now())
        else:
            self._game.step()

    def _pause(self, rest: str) -> None:
        if not self._game.is_paused:
            self._game.toggle_pause()
        self._say("Paused. go plays on, step plays one turn.")

    def _go(self, rest: str) -> None:
        if self._game.trouble:
            self._game.step()
        if self._game.is_paused:
            self._game.toggle_pause()

    def _faster(self, rest: str) -> None:
        self._speed(1)

    def _slower(self, rest: str) -> None:
        self._speed(-1)

    def _speed(self, by: int) -> None:
        self._game.change_speed(by)
        self._say(f"{SPEEDS[self._game.speed]:g} seconds a turn.")

    def _greedy(self, rest: str) -> None:
        if self._game.trouble:
            self._game.substitute()
        else:
            self._say("No program is stuck.")

    def _save(self, rest: str) -> None:
        keeper = self._session.keeper
        if keeper.problem:
            self._say(f"Not saved: {keeper.problem}.")
        else:
            self._say(f"Saved after every turn, in {keeper.path}.")

    def _resign(self, rest: str) -> None:
        side = self._game.position.to_move
        if not self._game.is_persons_turn:
            own = [each for each in Side if self._game.is_human(each)]
            if self._game.is_over or len(own) != 1:
                self._say(self._not_now())
                return
            side = own[0]
        self._game.close()
        self._game.game.resign(side)

    def _help(self, rest: str) -> None:
        self._say(
            "A move is from and to: c9e9 moves one dot; a1b2 c4e4 h8h6 is a whole turn, and "
            "counts if it is illegal. e9 alone moves the next dot."
        )
        for command in self._all:
            short = f" (or {', '.join(command.names[1:])})" if command.names[1:] else ""
            self._say(f"{command.usage}{short}: {command.help}.")
        self._say("ctrl+c stops what goes on; twice, it leaves.")

    def _quit(self, rest: str) -> None:
        self._session.quit()

    def _say(self, text: str) -> None:
        self._session.say(text)


def _cells(text: str) -> list[Cell]:
    return [parse_cell(word) for word in text.lower().replace(",", " ").split()]
