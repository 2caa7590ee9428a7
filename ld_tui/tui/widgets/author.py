"""The emergency panel: what happened, who writes, the source as it comes, checks, the verdict.

Everything in it may have been written by strangers: it is drawn as plain text, never as markup.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ld_tui.game.rules import Side
from ld_tui.tui.authoring import Authoring, Check, DraftTrace, WorkTrace, briefly
from ld_tui.tui.code import source_lines
from ld_tui.tui.text import Line, cut, spread, width_of, wrap
from ld_tui.tui.widgets.moves import clipped, rule
from ld_tui.tui.widgets.painter import Painter
from ld_tui.tui.widgets.status import side_glyph

_LEAST_SOURCE = 5
"""Rows that a draft's source gets before checks get a row each."""
_OLD_DRAFTS = 2
"""Refused drafts that are still named."""


@dataclass(frozen=True, slots=True)
class WorkView:
    """What the panel tells."""

    work: Authoring | None = None
    title: str = "emergency"
    """What is the cause of it, in a word or two."""
    text: str = ""
    """What happened, in one line."""
    side: Side = Side.BLUE
    names: Mapping[int, str] = field(default_factory=dict)
    """The stages' names, as far as they are known."""
    activity: str = ""
    """How long it has taken so far."""
    is_working: bool = False
    is_veiled: bool = False
    """Whether the work would tell a person where orange is in fog."""
    can_keep: bool = False
    letters: bool = False


class AuthorPanel(Painter):
    """Shows a `WorkView`."""

    DEFAULT_CSS = """
    AuthorPanel { height: 2fr; padding: 0 1; display: none; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view = WorkView()

    def show(self, view: WorkView) -> None:
        """Show a view; its work may have grown since."""
        self._view = view
        self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        view, work = self._view, self._view.work
        if work is None:
            return []
        glyph = side_glyph(view.side, view.letters)
        doing = "writes" if view.is_working else "wrote"
        title = f"{view.title} · {work.author} {doing} for {view.side}"
        head: list[Line] = [
            [(f"{glyph} ", str(view.side)), *rule(title, width - 2, view.activity)],
            *self._happened(work, width),
        ]
        foot = [[], self._keys(width)] if height >= 12 else [self._keys(width)]
        room = height - len(head) - len(foot)
        body = self._veiled(work, width) if view.is_veiled else self._works(work, width, room)
        blank: list[Line] = [[] for _ in range(room - len(body))]
        return [*head, *body[:room], *blank, *foot]

    def _happened(self, work: Authoring, width: int) -> list[Line]:
        text = self._view.text
        if work.cause == "failed":
            reason = "" if self._view.is_veiled else f": {text}"
            text = f"every candidate was struck{reason}"
        return [[(line, "warn strong")] for line in wrap(text, width, 3)]

    def _keys(self, width: int) -> Line:
        if self._view.is_working:
            keys = [("x", "go on without a new function"), ("v", "the decision")]
        else:
            keys = [("K", "keep it for other games")] * self._view.can_keep
            keys.append(("v", "the decision"))
        line: Line = []
        for key, text in keys:
            line += [(key, "key"), (f" {text}   ", "quiet")]
        return clipped(line, width)

    def _veiled(self, work: Authoring, width: int) -> list[Line]:
        """Tell of a work only how it goes: its texts may name the cell where orange is."""
        text = "Orange is in the fog: what is written for it stays hidden until blue sees it."
        lines: list[Line] = [[], *([(line, "quiet")] for line in wrap(text, width, 3)), []]
        for one in work.works:
            done = "admitted" if one.admitted else "none found" if one.gave_up else "at work…"
            lines.append([(f"{self._stage(one)}  ", "strong"), (done, "quiet")])
        return lines

    def _works(self, work: Authoring, width: int, room: int) -> list[Line]:
        lines: list[Line] = []
        for one in work.works[:-1]:
            lines += self._finished(one, width)
        if work.works:
            lines += self._current(work.works[-1], width, room - len(lines))
        return lines

    def _finished(self, work: WorkTrace, width: int) -> list[Line]:
        """Draw work that is done in one line."""
        if work.admitted is not None:
            head: Line = [self._sign(True), (f"{self._stage(work)}  ", "")]
            worth = briefly(work.admitted.measured)
            line = [*head, (work.admitted.name, "strong"), (f"  {worth}", "quiet")]
            return [clipped(line, width)]
        parts = wrap(f"{self._stage(work)}  none taken up: {briefly(work.gave_up)}", width - 2, 2)
        return [
            [self._sign(False) if at == 0 else ("  ", ""), (part, "bad")]
            for at, part in enumerate(parts)
        ]

    def _current(self, work: WorkTrace, width: int, room: int) -> list[Line]:
        """Draw the work in hand: the draft and its checks, or how far it has come."""
        draft = work.draft
        lines: list[Line] = []
        old = work.drafts if work.text else work.drafts[:-1]
        for refused in old[-_OLD_DRAFTS:]:
            why = briefly(refused.refused) or "another is written"
            text = f"draft {refused.attempt} refused: {why}"
            lines.append([self._sign(False), (cut(text, width - 2), "bad")])
        if work.text:
            lines.append([(f"{self._stage(work)}  ", "strong"), ("is being written…", "quiet")])
            return lines + self._source(work.text, width, room - len(lines), is_streaming=True)
        if draft is None:
            text = work.progress or "looks at the board…"
            if work.progress and not work.progress.startswith(self._stage(work)):
                lines.append([(self._stage(work), "strong")])
            lines += [[(part, "quiet")] for part in wrap(work.progress or text, width, 3)]
            if work.gave_up:
                lines += self._verdict(work, DraftTrace(""), width)
            return lines
        number = f"draft {draft.attempt}" if draft.attempt > 1 else ""
        title: Line = [(f"{self._stage(work)}  ", ""), (draft.name, "strong")]
        lines.append(clipped(spread(title, [(number, "quiet")], width), width))
        lines += [[(text, "quiet")] for text in wrap(draft.summary, width, 2) if text]
        verdict = self._verdict(work, draft, width)
        left = room - len(lines) - len(verdict)
        checks = self._checks(draft.checks, width, each=left - len(draft.checks) >= _LEAST_SOURCE)
        source = self._source(draft.source, width, left - len(checks), is_streaming=False)
        return [*lines, *source, *checks, *verdict]

    def _source(self, source: str, width: int, rows: int, is_streaming: bool) -> list[Line]:
        """Draw the end of what streams in, or the beginning of what is written."""
        edge = "| " if self._view.letters else "│ "
        found = source_lines(source)
        more = len(found) - rows
        if rows < 1 or not found:
            return []
        if is_streaming:
            found = found[-rows:]
        elif more > 0:
            found = [line for line in found if line]
            more = len(found) - rows + 1
            if more > 1:
                found = [*found[: rows - 1], [(f"… {more} more lines", "quiet")]]
        return [clipped([(edge, "rule"), *line], width) for line in found]

    def _checks(self, checks: Sequence[Check], width: int, each: bool) -> list[Line]:
        """Draw each check in a row of its own, or those passed together."""
        lines: list[Line] = []
        wide = max((len(check.name) for check in checks), default=0)
        for check in checks:
            line: Line = [self._sign(check.passed), (cut(check.name, 20), "")]
            if not check.passed:
                head = f"{check.name}  "
                parts = wrap(check.detail, width - 2 - len(head), 3)
                lines.append([self._sign(False), (head, "bad strong"), (parts[0], "bad")])
                lines += [[(" " * (2 + len(head)), ""), (part, "bad")] for part in parts[1:]]
            elif each:
                gap = " " * (wide - len(check.name) + 2)
                lines.append(clipped([*line, (gap + check.detail, "quiet")], width))
            elif lines and width_of(lines[-1]) + width_of(line) + 2 <= width:
                lines[-1] += [("  ", ""), *line]
            else:
                lines.append(line)
        return lines

    def _verdict(self, work: WorkTrace, draft: DraftTrace, width: int) -> list[Line]:
        if work.admitted is not None:
            text, style, passed = f"admitted: {work.admitted.measured}", "good", True
        elif work.gave_up:
            text, style, passed = f"nothing admitted: {work.gave_up}", "bad", False
        elif draft.refused:
            told = any(check.detail and check.detail in draft.refused for check in draft.checks)
            text, style, passed = "refused" if told else f"refused: {draft.refused}", "bad", False
        else:
            return []
        parts = wrap(text, width - 2, 3)
        first: Line = [self._sign(passed), (parts[0], f"{style} strong")]
        return [first, *([("  ", ""), (part, style)] for part in parts[1:])]

    def _stage(self, work: WorkTrace) -> str:
        return self._view.names.get(work.stage, f"stage {work.stage}")

    def _sign(self, passed: bool) -> tuple[str, str]:
        if passed:
            return ("+ " if self._view.letters else "✓ "), "good"
        return ("x " if self._view.letters else "✗ "), "bad"
