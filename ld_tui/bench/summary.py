"""What the games of a benchmark come to: means, intervals, paired differences, whose fault it was.

Intervals are 95 % bootstrap intervals (percentile, 10,000 resamples of the starts, fixed seed).
Nothing here knows how a game is played or how a table looks.
"""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

# Imported by name: numpy would load it on first use, and a ctrl+c in that moment is swallowed.
from numpy.random import default_rng

from ld_tui.arena.roster import ALONE, LD
from ld_tui.arena.study import BLAMES, StageStudy
from ld_tui.bench.games import Pairing, Played
from ld_tui.bench.methods import is_named_model
from ld_tui.game.rules import Side

RESAMPLES = 10_000
_SEED = 20_240_724


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Row:
    """A method against an opponent."""

    pairing: Pairing
    games: int
    won: int
    """Games in which blue captured, or orange was not captured."""
    forfeits: int
    """Games lost by illegal choices; not among `won`, and apart from other losses."""
    ratio: Estimate
    """All steps over all par. A game that blue didn't win counts the step limit."""
    over: Estimate
    """Steps over par, a game."""
    versus_ld: Estimate | None
    """Steps more than `ld` on the same side from the same start; None for `ld` itself, and where
    `ld` did not play these starts."""
    illegal: int
    """Illegal choices in all games."""
    ms: float | None
    """Median milliseconds of a decision; None where no agent or program decided by itself."""
    tokens: float | None
    """Tokens a decision that a language model read and wrote; None where none was asked, where a
    server doesn't tell, or where `ms` is None."""


@dataclass(frozen=True, slots=True)
class StageRow:
    """Retrieval and selection in one stage, in the decisions of the `ld` games."""

    side: Side
    stage: str
    decisions: int
    differ: int
    """Decisions in which the stage's functions are worth differently."""
    recall: float | None
    """The share of those with a best function among the K retrieved."""
    open: int
    """Decisions in which the candidates are worth differently."""
    top1: float | None
    """The share of those in which a best candidate was selected."""
    regret: float | None
    """Mean steps lost in those against the best candidate."""
    random: float | None
    """What a candidate chosen at random loses in those, on average."""


@dataclass(frozen=True, slots=True)
class BlameRow:
    """Whose fault the steps were that `ld` lost against best play, a game."""

    side: Side
    opponent: str
    games: int
    lost: dict[str, float]
    """Steps a game by blame (see study.py)."""
    by_stage: dict[str, dict[str, float]]
    """The same, by stage."""

    @property
    def total(self) -> float:
        return sum(self.lost.values())


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that a benchmark says."""

    rows: tuple[Row, ...]
    stages: tuple[StageRow, ...]
    blames: tuple[BlameRow, ...]


def summarize(played: Iterable[Played]) -> Summary:
    """Return what games come to, in the order in which their pairings first appear."""
    return RunningSummary(played).summary()


class RunningSummary:
    """What games come to while they are played: only rows with new games are reckoned anew."""

    def __init__(self, played: Iterable[Played] = (), order: Iterable[Pairing] = ()) -> None:
        """Take games already played; `order`: that of the rows, else as pairings first appear."""
        self._groups: dict[Pairing, list[Played]] = {pairing: [] for pairing in order}
        self._rows: dict[Pairing, tuple[tuple[int, int], Row]] = {}
        for each in played:
            self.add(each)

    def add(self, played: Played) -> None:
        """Take one more game."""
        self._groups.setdefault(played.pairing, []).append(played)

    def summary(self) -> Summary:
        """Return what the games so far come to."""
        groups = {pairing: found for pairing, found in self._groups.items() if found}
        for pairing, found in groups.items():
            own = groups.get(Pairing(pairing.side, LD, pairing.opponent), [])
            counts = len(found), len(own)
            if self._rows.get(pairing, ((0, 0), None))[0] != counts:
                self._rows[pairing] = counts, _row(pairing, found, own)
        return _summary(groups, [self._rows[pairing][1] for pairing in groups])


def without_times(summary: Summary) -> Summary:
    """Return a summary that another run of the same games equals."""
    return replace(summary, rows=tuple(replace(row, ms=None) for row in summary.rows))


def _summary(groups: Mapping[Pairing, list[Played]], rows: Sequence[Row]) -> Summary:
    own = {pairing: found for pairing, found in groups.items() if pairing.method == LD}
    blames = [_blame(pairing, found) for pairing, found in own.items()]
    return Summary(tuple(rows), tuple(_stage_rows(own.values())), tuple(blames))


def estimate(
    values: Sequence[Sequence[float]], of: Callable[..., npt.NDArray[np.float64]]
) -> Estimate:
    """Return `of` applied to the means of some columns [n], with its bootstrap interval."""
    columns = [np.asarray(column, dtype=np.float64) for column in values]
    count = len(columns[0])
    picks = default_rng(_SEED).integers(count, size=(RESAMPLES, count))
    resampled = of(*(column[picks].mean(axis=1) for column in columns))
    low, high = np.percentile(resampled, [2.5, 97.5])
    whole = of(*(column.mean(keepdims=True) for column in columns))
    return Estimate(round(float(whole[0]), 4), round(float(low), 4), round(float(high), 4))


def _row(pairing: Pairing, found: Sequence[Played], own: Sequence[Played]) -> Row:
    steps, par = [each.steps for each in found], [each.par for each in found]
    by_index = {each.index: each.steps for each in own}
    versus = None
    if pairing.method != LD and all(each.index in by_index for each in found):
        pairs = [each.steps - by_index[each.index] for each in found]
        versus = estimate([pairs], lambda mean: mean)
    times = [ms for each in found for ms in each.ms]
    # A single function's S-LLM is not asked twice the same; its time would say nothing.
    timed = times and (pairing.method in ALONE or is_named_model(pairing.method))
    counts = [each.tokens for each in found]
    tokens = 0 if None in counts else sum(count or 0 for count in counts)
    return Row(
        pairing,
        len(found),
        won=sum(each.won for each in found),
        forfeits=sum(each.forfeited for each in found),
        ratio=estimate([steps, par], lambda s, p: s / p),
        over=estimate([[s - p for s, p in zip(steps, par, strict=True)]], lambda mean: mean),
        versus_ld=versus,
        illegal=sum(each.illegal for each in found),
        ms=round(statistics.median(times), 2) if timed else None,
        tokens=round(tokens / len(times), 1) if timed and tokens else None,
    )


def _stage_rows(groups: Iterable[Sequence[Played]]) -> list[StageRow]:
    by_stage: dict[tuple[Side, str], list[StageStudy]] = {}
    for found in groups:
        for played in found:
            for study in played.stages:
                by_stage.setdefault((played.pairing.side, study.stage), []).append(study)
    return [_stage_row(side, stage, found) for (side, stage), found in by_stage.items()]


def _stage_row(side: Side, stage: str, found: Sequence[StageStudy]) -> StageRow:
    differ = [study for study in found if study.differ]
    unlike = [study for study in found if study.open]
    return StageRow(
        side,
        stage,
        len(found),
        len(differ),
        _mean([study.retrieved for study in differ]),
        len(unlike),
        _mean([study.best for study in unlike]),
        _mean([study.regret for study in unlike]),
        _mean([study.random for study in unlike]),
    )


def _blame(pairing: Pairing, found: Sequence[Played]) -> BlameRow:
    stages = dict.fromkeys(study.stage for played in found for study in played.stages)
    by_stage = {
        stage: {
            blame: round(
                sum(
                    study.lost.get(blame, 0.0)
                    for played in found
                    for study in played.stages
                    if study.stage == stage
                )
                / len(found),
                4,
            )
            for blame in BLAMES
        }
        for stage in stages
    }
    lost = {blame: round(sum(part[blame] for part in by_stage.values()), 4) for blame in BLAMES}
    return BlameRow(pairing.side, pairing.opponent, len(found), lost, by_stage)


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None
