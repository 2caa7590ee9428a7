"""The composer: writes functions by searching a space of programs, without any language model.

Each program of the space (`space.py`) is run on positions near the one at hand and valued by the
tablebase under the rules in force; the best are rendered as Python with a manual in the words that
the S-LLM was taught, and go through the same check and admission as anybody's drafts. The search
is bounded by a number of programs, not by a clock, so that the same seed gives the same function.
"""

import bisect
import hashlib
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ld_tui.agent.events import (
    AuthorGaveUp,
    AuthorWorked,
    Event,
    FunctionAdmitted,
    FunctionDrafted,
    FunctionRefused,
    ms_since,
)
from ld_tui.arena.pursuit import PursuitSituation
from ld_tui.authoring.admission import Desk, admission
from ld_tui.authoring.author import COMPOSER
from ld_tui.authoring.drafts import examples_of, name_of_draft, provenance, written_for
from ld_tui.authoring.measure import Measure
from ld_tui.authoring.source import render
from ld_tui.authoring.space import ORANGE_TIES, TIES, Program, mutate, sample
from ld_tui.authoring.walking import MOVERS
from ld_tui.authoring.wording import manual_words
from ld_tui.errors import LdTuiError
from ld_tui.functionbase.manual import MAX_WORDS, Manual, format_manual
from ld_tui.functionbase.store import Stage

PROGRAMS = {"plan": 300, "move": 160}
"""Programs looked at for a function."""
PARENTS = 6
"""Of the best so far, from which the second half of them are made by changing one part."""
DRAFTS = 3
"""Programs, the best first, that are offered for admission before the composer gives up."""
NEAR = 32
"""Positions that programs are valued in."""
_WORDINGS = 20
"""Ways of saying it that are tried for a program before it is too long to say."""
_TELL = 40
"""Programs between two signs of life."""

_Rank = tuple[float, int, int, Program]
"""Steps lost, length, when it was looked at, and the program: of equals the shorter goes first."""


@dataclass(frozen=True, slots=True)
class Composer:
    """The default author; see the module's first lines."""

    desk: Desk

    @property
    def name(self) -> str:
        return COMPOSER

    def write(
        self,
        situation: PursuitSituation,
        stages: Sequence[Stage],
        new: Sequence[Manual],
        errors: Sequence[str] = (),
    ) -> Iterator[Event]:
        """Write a function for each stage, the last stage's first; see `agent.emergency.Author`."""
        began = time.perf_counter()
        emergency = written_for(situation, errors)
        for stage in reversed(stages):
            number = self.desk.number(stage)
            try:
                yield from self._stage(situation, stage, number, new, emergency, began)
            except LdTuiError as error:
                yield AuthorGaveUp(number, emergency, str(error), ms_since(began))

    def _stage(
        self,
        situation: PursuitSituation,
        stage: Stage,
        number: int,
        new: Sequence[Manual],
        emergency: str,
        began: float,
    ) -> Iterator[Event]:
        yield AuthorWorked(
            number, COMPOSER, f"{stage.name}: looking at positions near this one", False
        )
        near = self.desk.measure(situation, stage, new, NEAR, "near")
        ranked: list[_Rank] = []
        for _ in _search(near, stage, situation.seed, ranked):
            if len(ranked) % _TELL == 0:
                yield AuthorWorked(
                    number, COMPOSER, _progress(stage, len(ranked), ranked[0][0]), False
                )
        reason = "no program"
        drafts = _different(near, ranked, situation.seed)
        for attempt, (program, words) in enumerate(drafts, 1):
            manual = self._manual(situation, stage, program, words, near, emergency)
            yield FunctionDrafted(
                number, manual.name, COMPOSER, manual.summary, manual.when, manual.source, attempt
            )
            verdict = yield from admission(self.desk, manual, situation, stage, number, new)
            if verdict.admitted:
                text = format_manual(manual)
                yield FunctionAdmitted(
                    number, manual.name, emergency, verdict.why, text, ms_since(began)
                )
                return
            reason = verdict.why
            yield FunctionRefused(number, manual.name, reason, attempt)
        yield AuthorGaveUp(number, emergency, reason, ms_since(began))

    def _manual(
        self,
        situation: PursuitSituation,
        stage: Stage,
        program: Program,
        words: tuple[str, str],
        near: Measure,
        emergency: str,
    ) -> Manual:
        mark = hashlib.sha256(f"{program} {emergency}".encode()).hexdigest()[:4]
        name = name_of_draft(situation, stage, emergency, mark)
        source = render(program, name)
        calls = list(zip(near.positions, near.previous, strict=True))
        return Manual(
            name,
            stage.side,
            stage.name,
            *words,
            "emergency",
            provenance(COMPOSER, situation.position),
            source,
            tuple(examples_of(self.desk.sandbox, stage, name, source, calls)),
        )


def ranked_programs(near: Measure, stage: Stage, seed: int) -> list[Program]:
    """Return what the composer's search finds, the best first."""
    ranked: list[_Rank] = []
    for _ in _search(near, stage, seed, ranked):
        pass
    return [program for *_, program in ranked]


def _search(near: Measure, stage: Stage, seed: int, ranked: list[_Rank]) -> Iterator[None]:
    """Put program after program in its place in `ranked`, the best first."""
    for program in programs(stage, seed, ranked):
        lost = float(near.of_program(program).mean())
        bisect.insort(ranked, (lost, _length(program), len(ranked), program))
        yield


def programs(stage: Stage, seed: int, ranked: Sequence[_Rank]) -> Iterator[Program]:
    """Yield the programs that are looked at for a stage, each once.

    First come known ways of walking, then random ones, then changed ones of the best; `ranked` has
    to hold, best first, those that were yielded. Those of a move stage look at the rules in force.
    """
    rng = random.Random(f"composer {seed} {stage.side} {stage.name}")
    known: set[Program] = set()
    first: list[Program] = []
    if stage.name == "move":
        ways = MOVERS[stage.side].values()
        ties = ORANGE_TIES if stage.side == "orange" else TIES
        first = [
            Program(stage.side, "move", "", way, finds_way=finds)
            for way in ways
            if way[1] in ties
            for finds in (True, False)
        ]
    for _ in range(PROGRAMS[stage.name] * 3):
        if len(known) == PROGRAMS[stage.name]:
            return
        if first:
            program = first.pop(0)
        elif len(known) < PROGRAMS[stage.name] // 2:
            finds = stage.name == "move" and rng.random() < 0.5
            program = replace(sample(stage.side, stage.name, rng), finds_way=finds)
        else:
            program = mutate(rng.choice(ranked[:PARENTS])[-1], rng)
        program = replace(program, aware=stage.name == "move")
        if program not in known:
            known.add(program)
            yield program


def _progress(stage: Stage, tried: int, lost: float) -> str:
    return (
        f"{stage.name}: {tried} of {PROGRAMS[stage.name]} programs tried; "
        f"the best loses {lost:.2f} steps a turn"
    )


def fitting_words(program: Program, seed: int) -> tuple[str, str] | None:
    """Return a manual's summary and `when` that are short enough; None where no try is."""
    rng = random.Random(f"words {seed}")
    for _ in range(_WORDINGS):
        found = manual_words(program, rng)
        if all(len(text.split()) <= MAX_WORDS for text in found):
            return found
    return None


def _different(
    near: Measure, ranked: Sequence[_Rank], seed: int
) -> Iterator[tuple[Program, tuple[str, str]]]:
    """Yield the first programs that do differently and can be worded, with their words.

    They are at most `DRAFTS`.
    """
    seen: set[bytes] = set()
    for *_, program in ranked:
        done = near.of_program(program).tobytes()
        if done not in seen and (words := fitting_words(program, seed)):
            seen.add(done)
            yield program, words
        if len(seen) == DRAFTS:
            return


def _length(program: Program) -> int:
    """Return how much a program does: of equally good ones the shortest is taken."""
    return len(set(program.then)) + len(set(program.other)) + bool(program.condition)
