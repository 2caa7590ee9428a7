"""Labeled states as token batches: manuals shared by a group of states, the state last.

The tokens are those of `ld_tui.agent.prompt.selection_prompt`, piece by piece: a word never spans
a space, so pieces that are encoded apart and joined are the prompt encoded whole.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ld_tui.agent.prompt import LABELS, normalize, normalize_manual
from ld_tui.authoring.space import Program
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.retriever import Retriever
from ld_tui.functionbase.store import FunctionBase
from ld_tui.game.describe import state_text
from ld_tui.training.composed import SEEN, Composed, features
from ld_tui.training.labels import WORST, Labels, regrets_of
from ld_tui.training.written import Written

TEMPERATURE = 0.3
"""Steps of regret by which a function's share of the soft target falls to 1/e."""

LEAST = 8
"""States of a world below which nothing is learned from it."""
RETRIEVED = 5
"""Manuals that the retriever finds, as in play."""
PLAYED = 2 / 3
"""Share of the groups with a new function that have it among these."""
BEATEN = 0.6
"""Share of the states of such a group in which another is better, where there are as many: a new
function is good in most states of its world, and to be chosen there needs no reading."""

Words = dict[str, list[int]]


Entry = Manual | Program
"""What a candidate is: a function of the base, or a composed program."""


@dataclass(frozen=True, slots=True)
class StageData:
    """One stage's states, ready to be put into prompts."""

    question: str
    entries: tuple[Entry, ...]
    first: int
    """The place of the stage's first manual among all manuals of the base."""
    states: list[list[int]]
    """[N] tokens of `state : ... . answer :`."""
    regrets: npt.NDArray[np.float32]
    """[N, F] steps."""
    training: npt.NDArray[np.int64]
    """Rows that training may see."""
    held_out: npt.NDArray[np.int64]
    """Rows that it may not; only those where the functions differ."""
    kinds: npt.NDArray[np.int64]
    """[F] SEEN for what training may see, else how it is held out; see `composed.py`."""
    changed: npt.NDArray[np.bool_]
    """[N] whether an emergency is in force."""

    @property
    def urgent(self) -> npt.NDArray[np.int64]:
        """Rows that training may see in which an emergency is in force."""
        return np.asarray(self.training[self.changed[self.training]])

    @property
    def manuals(self) -> tuple[Manual, ...]:
        """The base's own functions, which come first."""
        return tuple(each for each in self.entries if isinstance(each, Manual))


@dataclass(frozen=True, slots=True)
class World:
    """Where one stage's functions were written."""

    rows: tuple[int, ...]
    """Of its states in the stage's data."""
    programs: tuple[int, ...]
    """Of its functions among the entries."""


@dataclass(frozen=True, slots=True)
class WorldData:
    """One stage under changed rules, with the functions that were written for each world."""

    data: StageData
    nearest: tuple[tuple[int, ...], ...]
    """[N] manuals of the base that the retriever finds in each state."""
    worlds: tuple[World, ...]
    held_out: tuple[World, ...]
    """Those that training may not see."""


@dataclass(frozen=True, slots=True)
class Batch:
    """G groups of S states; K candidates at most. B = G * S."""

    prefix: Tensor
    """[G, P] tokens, padded at the end with 0."""
    seen: Tensor
    """[G, P] bool, False on padding."""
    ends: Tensor
    """[G, K] where each candidate's closing label stands; 0 for no candidate."""
    there: Tensor
    """[G, K] bool, False for no candidate."""
    functions: Tensor
    """[G, K] the candidates among all manuals of the base; -1 for programs and for none."""
    features: Tensor
    """[G, K, M] 1 for what a program is made of; 0 for manuals and for none."""
    states: Tensor
    """[B, T] tokens, padded at the end."""
    last: Tensor
    """[B] the place of the last real token: there the answer is read."""
    targets: Tensor
    """[B, K] share of each candidate; they sum to 1."""
    regrets: Tensor
    """[B, K] steps lost by each candidate against the best of them; inf for none."""
    preferences: Tensor
    """[B, F] share of every manual of the base; 0 for those of other stages."""
    pairs: Tensor
    """[B, G * K] share of every candidate of the batch that is of the state's own stage."""


class Encoder:
    """Turns words into tokens and remembers them."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.known: Words = {}
        self.labels = [self.words(label)[0] for label in LABELS]

    def words(self, text: str) -> list[int]:
        if text not in self.known:
            self.known[text] = self.tokenizer.encode(text)
        return self.known[text]

    def prefix(self, question: str, texts: Sequence[str]) -> tuple[list[int], list[int]]:
        """Return a prompt's tokens up to the state, and where each closing label stands."""
        tokens = [self.tokenizer.bos_id(), *self.words(normalize(question))]
        ends = []
        for label, text in zip(LABELS, texts, strict=False):
            tokens += [*self.words(label), *self.words(":")]
            for word in normalize_manual(text).split():
                tokens += self.words(word)
            tokens += [*self.words("is"), *self.words(label)]
            ends.append(len(tokens) - 1)
            tokens += self.words(";")
        return tokens, ends

    def state(self, text: str) -> list[int]:
        tokens = [*self.words("state"), *self.words(":")]
        for word in normalize(text).split():
            tokens += self.words(word)
        return [*tokens, *self.words("."), *self.words("answer"), *self.words(":")]


def stage_data(
    base: FunctionBase,
    labels: Sequence[Labels],
    encoder: Encoder,
    composed: Sequence[Composed] = (),
) -> list[StageData]:
    """Put every labeled state into tokens: the base's stages, then the composed ones."""
    found, first = [], 0
    more = []
    for at, each in enumerate(labels):
        manuals = base.manuals_of(each.side, each.stage)
        columns = [each.names.index(manual.name) for manual in manuals]
        question = next(s.question for s in base.stages_of(each.side) if s.name == each.stage)
        states = [
            encoder.state(state_text(each.position(row), each.stage, each.plain_previous(row)))
            for row in range(len(each.positions))
        ]
        values = each.values[:, columns]
        changed = np.array([not str(text).endswith(" -") for text in each.positions])
        kinds = np.full(len(manuals), SEEN)
        out = each.held_out
        regrets = regrets_of(each, values)
        found.append(_data(question, manuals, first, states, regrets, out, kinds, changed))
        if composed:
            made = composed[at]
            every = np.concatenate([values[made.rows], made.values], axis=1)
            more.append(
                _data(
                    question,
                    (*manuals, *made.programs),
                    first,
                    [states[row] for row in made.rows],
                    regrets_of(each, every),
                    out[made.rows],
                    np.concatenate([kinds, made.kinds]),
                    changed[made.rows],
                )
            )
        first += len(manuals)
    return [*found, *more]


def world_data(
    retriever: Retriever, stages: Sequence[StageData], encoder: Encoder, written: Sequence[Written]
) -> list[WorldData]:
    """Put what was written in changed worlds into tokens; `stages` are those of the base's own."""
    base = retriever.base
    found = []
    for data, stage in zip(stages, base.stages, strict=True):
        own = [each for each in written if (each.side, each.stage) == (stage.side, stage.name)]
        count = len(data.manuals)
        entries: list[Entry] = list(data.manuals)
        states: list[list[int]] = []
        nearest: list[tuple[int, ...]] = []
        places = {manual.name: at for at, manual in enumerate(data.manuals)}
        worlds: dict[bool, list[World]] = {False: [], True: []}
        lost = np.full(
            (sum(len(w.positions) for w in own), count + sum(len(w.programs) for w in own)),
            WORST,
            dtype=np.float32,
        )
        for each in own:
            rows = range(len(states), len(states) + len(each.positions))
            new = range(len(entries), len(entries) + len(each.programs))
            known = np.minimum(each.lost, WORST)
            lost[rows.start : rows.stop, :count] = known[:, :count]
            lost[rows.start : rows.stop, new.start : new.stop] = known[:, count:]
            for position, previous in zip(each.positions, each.previous, strict=True):
                text = state_text(position, each.stage, previous)
                states.append(encoder.state(text))
                near = retriever.retrieve(stage, f"{stage.question} {text}", RETRIEVED)
                nearest.append(tuple(places[each.manual.name] for each in near))
            entries += each.programs
            if len(rows) >= LEAST:
                worlds[each.is_held_out].append(World(tuple(rows), tuple(new)))
        every = np.arange(len(states))
        changed = np.ones(len(states), dtype=bool)
        kinds = np.full(len(entries), SEEN)
        joined = StageData(
            data.question, tuple(entries), data.first, states, lost, every, every, kinds, changed
        )
        found.append(WorldData(joined, tuple(nearest), tuple(worlds[False]), tuple(worlds[True])))
    return found


def choose_written(
    found: WorldData, worlds: Sequence[World], count: int, k: int, rng: random.Random
) -> tuple[list[int], list[int]]:
    """Return up to `count` rows of one world, and candidates: a new one among the base's own.

    In up to `BEATEN` of the rows a function of the base is better than the new one. Those of the
    base are what the retriever finds in one of the rows, or in a third of cases k others, some of
    them best in some of the rows.
    """
    world = rng.choice(worlds)
    new = rng.choice(world.programs)
    lost = found.data.regrets[list(world.rows)]
    beaten = lost[:, : len(found.data.manuals)].min(1) < lost[:, new]
    worse = [row for row, is_beaten in zip(world.rows, beaten, strict=True) if is_beaten]
    rows = rng.sample(worse, min(round(count * BEATEN), len(worse)))
    others = [row for row in world.rows if row not in rows]
    rows += rng.sample(others, min(count - len(rows), len(others)))
    chosen = choose_candidates(found.data, rows, k, rng)
    if rng.random() < PLAYED:
        chosen = list(found.nearest[rng.choice(rows)])
    chosen.insert(rng.randint(0, len(chosen)), new)
    return rows, chosen


def _data(
    question: str,
    entries: tuple[Entry, ...],
    first: int,
    states: list[list[int]],
    regrets: npt.NDArray[np.float32],
    out: npt.NDArray[np.bool_],
    kinds: npt.NDArray[np.int64],
    changed: npt.NDArray[np.bool_],
) -> StageData:
    matters = regrets.max(axis=1) > 0
    training, held_out = np.flatnonzero(~out), np.flatnonzero(out & matters)
    return StageData(question, entries, first, states, regrets, training, held_out, kinds, changed)


def choose_candidates(
    data: StageData, rows: Sequence[int], k: int, rng: random.Random
) -> list[int]:
    """Return k manuals of a stage in random order: some best in the group's states, some not."""
    count = len(data.manuals)
    chosen: list[int] = []
    for row in rng.sample(list(rows), min(2, len(rows))):
        best = np.flatnonzero(data.regrets[row, :count] == data.regrets[row, :count].min())
        chosen.append(int(rng.choice(best)))
    rest = [at for at in range(count) if at not in chosen]
    rng.shuffle(rest)
    chosen = [*dict.fromkeys(chosen), *rest][: min(k, count)]
    rng.shuffle(chosen)
    return chosen


def choose_programs(data: StageData, k: int, kind: int, rng: random.Random) -> list[int]:
    """Return k random programs of a kind, of a stage's entries."""
    own = np.flatnonzero(data.kinds == kind)
    own = own[own >= len(data.manuals)]
    return rng.sample([int(at) for at in own], min(k, len(own)))


def new_programs(data: StageData, kind: int) -> list[int]:
    """Return the programs of a kind that an emergency's author would write.

    Where the stage has some that look at the rules in force, it is those.
    """
    count = len(data.manuals)
    own = [int(at) for at in np.flatnonzero(data.kinds == kind) if at >= count]
    entries = [(at, data.entries[at]) for at in own]
    return [at for at, e in entries if isinstance(e, Program) and e.aware] or own


def choose_new(data: StageData, rows: Sequence[int], kind: int, rng: random.Random) -> int:
    """Return a program as an emergency's author would: the best in the rows of up to four."""
    pool = new_programs(data, kind)
    few = rng.sample(pool, min(rng.choice((1, 2, 4)), len(pool)))
    lost = data.regrets[np.ix_(list(rows), few)].mean(0)
    return few[int(lost.argmin())]


def make_batch(
    groups: Sequence[tuple[StageData, Sequence[int], Sequence[int], Sequence[str]]],
    encoder: Encoder,
    functions: int,
    parts: Mapping[str, int] | None = None,
) -> Batch:
    """Build a batch of (stage, rows, candidates, their texts); each group has as many rows.

    `functions` counts the base's manuals and `parts` numbers the features of programs.
    """
    parts = parts or {}
    encoded = [encoder.prefix(data.question, texts) for data, _, _, texts in groups]
    width = max(len(chosen) for _, _, chosen, _ in groups)
    prefix, seen = padded([tokens for tokens, _ in encoded])
    states, there = padded([data.states[row] for data, rows, _, _ in groups for row in rows])
    ends = torch.zeros(len(groups), width, dtype=torch.int64)
    ids = torch.full((len(groups), width), -1)
    real = torch.zeros(len(groups), width, dtype=torch.bool)
    made_of = torch.zeros(len(groups), width, len(parts))
    regrets, preferences, pairs = [], [], []
    for at, (data, rows, chosen, _) in enumerate(groups):
        count = len(data.manuals)
        ends[at, : len(chosen)] = torch.tensor(encoded[at][1])
        real[at, : len(chosen)] = True
        for place, each in enumerate(chosen):
            entry = data.entries[each]
            if isinstance(entry, Manual):
                ids[at, place] = data.first + each
            else:
                for feature in features(entry):
                    if feature in parts:
                        made_of[at, place, parts[feature]] = 1
        every = torch.as_tensor(data.regrets[list(rows)])
        own = torch.full((len(rows), width), torch.inf)
        own[:, : len(chosen)] = every[:, list(chosen)]
        regrets.append(own - own.min(dim=1, keepdim=True).values)
        wide = torch.full((len(rows), functions), torch.inf)
        wide[:, data.first : data.first + count] = every[:, :count]
        preferences.append((-(wide - wide.min(1, keepdim=True).values) / TEMPERATURE).softmax(-1))
        across = torch.full((len(rows), len(groups), width), torch.inf)
        for other, (theirs, _, candidates, _) in enumerate(groups):
            if theirs is data:
                across[:, other, : len(candidates)] = every[:, list(candidates)]
        flat = across.flatten(1)
        pairs.append((-(flat - flat.min(1, keepdim=True).values) / TEMPERATURE).softmax(-1))
    lost = torch.cat(regrets)
    return Batch(
        prefix,
        seen,
        ends,
        real,
        ids,
        made_of,
        states,
        there.sum(-1) - 1,
        (-lost / TEMPERATURE).softmax(-1),
        lost,
        torch.cat(preferences),
        torch.cat(pairs),
    )


def padded(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return [N, L] tokens and where they are real; L a multiple of 8, for few shapes."""
    length = -(-max(map(len, rows)) // 8) * 8
    tokens = torch.zeros(len(rows), length, dtype=torch.int64)
    real = torch.zeros(len(rows), length, dtype=torch.bool)
    for at, row in enumerate(rows):
        tokens[at, : len(row)] = torch.tensor(row)
        real[at, : len(row)] = True
    return tokens, real
