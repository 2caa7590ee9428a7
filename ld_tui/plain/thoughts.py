"""How a program decided, in words, at a chosen length; and what an author does meanwhile. Pure."""

from typing import Literal

from ld_tui.agent.events import (
    AuthorGaveUp,
    AuthorWorked,
    EmergencyRaised,
    Event,
    FunctionAdmitted,
    FunctionChecked,
    FunctionDrafted,
    FunctionRefused,
)
from ld_tui.game.rules import Position
from ld_tui.llm.call import Tokens
from ld_tui.plain.words import capital, listed, name_of
from ld_tui.tui.ground import raised_text
from ld_tui.tui.trace import CandidateRow, StageTrace, Trace

Detail = Literal["brief", "normal", "full"]
DETAILS: tuple[Detail, ...] = ("brief", "normal", "full")
_CHOSE = {
    "s-llm": "the S-LLM chose",
    "random": "drawn at random:",
    "first": "the nearest was taken:",
    "only": "one was left:",
}


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def decision_lines(trace: Trace, detail: Detail) -> list[str]:
    """Say how a program came to its move; nothing of one that tells nothing."""
    stages = [stage for stage in trace.stages if stage.rows or stage.shown or stage.note]
    if not stages:
        return []
    who = name_of(trace.player)
    if detail == "brief":
        chosen = [row for stage in stages if (row := stage.chosen) is not None]
        said = listed((_share(row) for row in chosen), "then") if chosen else "nothing"
        return [f"{who} chose {said}."]
    cost = f"{trace.ms:.0f} ms{_cost(trace.tokens)}"
    lines = [f"How {who} decided for {trace.side}, in {cost}:"]
    for stage in stages:
        lines += _full(stage) if detail == "full" else [_normal(stage)]
    return lines


def _chose(stage: StageTrace) -> str:
    if stage.passed_over:
        return "drawn by the level's temperature:"
    return _CHOSE.get(stage.by, "chosen:")


def _cost(tokens: Tokens) -> str:
    return f", with {tokens.text}" if tokens.text else ""


def _share(row: CandidateRow) -> str:
    return row.name if row.probability is None else f"{row.name}, {percent(row.probability)}"


def _normal(stage: StageTrace) -> str:
    chosen = stage.chosen
    parts = []
    if chosen is not None:
        others = [row for row in stage.rows if row is not chosen and row.probability is not None]
        others.sort(key=lambda row: -(row.probability or 0))
        over = f", over {_share(others[0])}" if others else ""
        said = f"{_chose(stage)} {_share(chosen)}{over}"
        parts.append(f"{said}, of {len(stage.rows)} retrieved")
    if stage.shown:
        parts.append(f"it says {stage.shown}")
    parts += _struck(stage)
    if stage.note:
        parts.append(stage.note)
    return f"{capital(stage.name or f'stage {stage.number}')}: {'; '.join(parts)}."


def _struck(stage: StageTrace) -> list[str]:
    return [
        f"struck{' as illegal' if row.is_illegal else ''}: {row.name}, {row.struck}"
        for row in stage.rows
        if row.struck is not None
    ]


def _full(stage: StageTrace) -> list[str]:
    lines = [
        f"Stage {stage.number} of {stage.stages}, {stage.name}: {stage.question}",
        f"The S-LLM reads: {stage.state}",
        f"Retrieved, nearest first, {len(stage.rows)}:",
    ]
    for row in stage.rows:
        words = [row.name]
        if row.is_new:
            words.append("new")
        if row.distance is not None:
            words.append(f"distance {row.distance:.3f}")
        if row.probability is not None:
            words.append(percent(row.probability))
        if row.is_chosen:
            words.append("chosen")
        lines.append(f"{', '.join(words)}: {row.summary or 'no summary'}")
    lines += [f"{capital(text)}." for text in _struck(stage)]
    if (chosen := stage.chosen) is not None:
        lead = f", {percent(stage.margin)} ahead of the next" if stage.margin else ""
        if stage.passed_over:
            lead = f" in place of {stage.passed_over}"
        lines.append(f"{capital(_chose(stage))} {chosen.name}{lead}.")
    if stage.note:
        lines.append(f"{capital(stage.note)}.")
    if stage.shown:
        lines.append(f"It says {stage.shown}, after {stage.ms:.0f} ms{_cost(stage.tokens)}.")
    return lines


def author_line(event: Event, start: Position, detail: Detail) -> str:
    """Say what an author did just now; empty where that is too much detail, or nothing of it."""
    match event:
        case EmergencyRaised(_, text, author):
            return f"{capital(author)} is asked for a function: {raised_text(text, start)}."
        case AuthorWorked(text=text, is_piece=False):
            return f"{capital(text)}." if text else ""
        case FunctionDrafted(name=name, summary=summary, attempt=attempt):
            return f"Draft {attempt}, {name}: {summary}"
        case FunctionChecked(check=check, passed=passed, detail=found):
            if passed and detail != "full":
                return ""
            return f"Check {check} {'passed' if passed else 'failed'}: {found}."
        case FunctionRefused(name=name, reason=reason):
            return f"Refused, {name}: {reason}."
        case FunctionAdmitted(name=name, measured=measured):
            return f"Admitted, {name}: {measured}."
        case AuthorGaveUp(reason=reason):
            return f"Nothing admitted: {reason or 'no function was found'}."
        case _:
            return ""
