"""The first game's guide: what it says step by step, and what a person does to go on. Pure.

Most steps wait for the thing that they ask for to be done, in whatever way: by keys, the mouse or
a typed move. The others, about the panel, wait for Enter.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ld_tui.game.rules import Side
from ld_tui.tui.conductor import Conductor

SIZE, SEED = 8, 16
"""The board, and the seed of a start from which blue captures in 4 steps."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a step looks at, now and when it began."""

    ply: int
    selected: int | None
    """The dot that is selected."""
    placed: int
    """Dots that are set."""
    is_over: bool

    @classmethod
    def of(cls, game: Conductor) -> "Moment":
        """Return the present one."""
        draft = game.draft
        placed = sum(target is not None for target in draft.targets)
        return cls(game.game.ply, draft.selected, placed, game.is_over)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is told."""

    title: str
    text: str
    is_done: Callable[[Moment, Moment], bool] | None = None
    """From when it began and now; None: Enter goes on."""
    waits: bool = False
    """Whether it is not told before the program has answered."""


def _moved(began: Moment, now: Moment) -> bool:
    return now.ply > began.ply or now.is_over


STEPS = (
    Step(
        "The game",
        "You are blue, three dots ●. LD, a small language model, is orange ◆. Catch it: all three "
        "on its cell or right beside it, none at a diagonal. Enter: go on.",
    ),
    Step(
        "Pick a dot",
        "Each turn all three of your dots go, two cells each. One is selected, marked ▸. "
        "Press Tab to select another one, or click it.",
        lambda began, now: now.selected != began.selected or now.placed > 0 or _moved(began, now),
    ),
    Step(
        "Move it",
        "The cells marked ◦ are where it can go. Walk there with the arrow keys and press Enter, "
        "or click one.",
        lambda began, now: now.placed > 0 or _moved(began, now),
    ),
    Step(
        "The other two",
        "Set the other two dots in the same way. u takes a dot back. You can type as well: m, then "
        "from and to, as in e2e4.",
        lambda began, now: now.placed == 3 or _moved(began, now),
    ),
    Step(
        "Send the turn",
        "All three are set, and nothing is played yet: the board shows their ways, and ○ where "
        "they came from. Enter sends the turn.",
        _moved,
    ),
    Step(
        "How LD decides: where to",
        "See the panel at the right. 1/2: LD is asked where to go. The retriever found the "
        "nearest manuals; the S-LLM gave each a share in %. Enter: go on.",
        waits=True,
    ),
    Step(
        "How LD decides: the step",
        "The function with ▸ ran, and → is what came out of it. 2/2: how to get there, chosen in "
        "the same way. Its → is the move, which LD played. Enter: go on.",
    ),
    Step(
        "What a turn is worth",
        "`capture in` counts best play's steps, in the list with the one just played; par is "
        "it at the start. ?! ? ?? mark turns that lost 1, 2, more. Enter: go on.",
    ),
    Step(
        "A hint",
        "Press h: a best move is filled in. Then Enter sends it.",
        _moved,
    ),
    Step(
        "Take it back",
        "Nothing is lost for good: press u, and your turn and LD's answer are taken back.",
        lambda began, now: now.ply < began.ply or now.is_over,
        waits=True,
    ),
    Step(
        "Catch it",
        "Now catch it. h fills in a best move whenever you like, l shows the best line, ? every "
        "key. Par is the goal.",
        lambda began, now: now.is_over,
    ),
    Step(
        "That is the game",
        "At the right stands what it came to. There is more: levels, watching (w), changing the "
        "world (e). Enter: the start screen.",
    ),
)


class Lesson:
    """Where a person is in the guide."""

    def __init__(self) -> None:
        self.at = 0
        self._began: Moment | None = None

    @property
    def step(self) -> Step | None:
        """The step that is told; None once it is over."""
        return STEPS[self.at] if self.at < len(STEPS) else None

    @property
    def is_last(self) -> bool:
        return self.at == len(STEPS) - 1

    def look(self, game: Conductor) -> None:
        """Take notice of the game: go on as far as what was asked for is done."""
        now = Moment.of(game)
        while (step := self.step) is not None:
            if self._began is None:
                if step.waits and not (game.is_persons_turn or game.is_over):
                    return
                self._began = now
            if step.is_done is None or not step.is_done(self._began, now):
                return
            self._next()

    def enter(self, game: Conductor) -> bool:
        """Take Enter; tell whether it went on with the guide."""
        step = self.step
        if step is None or step.is_done is not None or self.waits(game):
            return False
        self._next()
        self.look(game)
        return True

    def waits(self, game: Conductor) -> bool:
        """Tell whether the program's answer is waited for before the step is told."""
        step = self.step
        is_answered = game.position.to_move is Side.BLUE or game.is_over
        return step is not None and step.waits and self._began is None and not is_answered

    def _next(self) -> None:
        self.at += 1
        self._began = None
