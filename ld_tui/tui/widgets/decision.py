"""The decision panel: stage by stage the question, the candidates, the choice and its result."""

from collections.abc import Sequence
from dataclasses import dataclass

from ld_tui.game.rules import Side
from ld_tui.tui.layout import ABREAST
from ld_tui.tui.settings import NAMES
from ld_tui.tui.text import Line, bar, cut, fit, spread, width_of, wrap
from ld_tui.tui.trace import CandidateRow, StageTrace, Trace
from ld_tui.tui.widgets.moves import rule
from ld_tui.tui.widgets.painter import Painter
from ld_tui.tui.widgets.status import side_glyph

ROOMY = 44
"""Columns of a stage from which every candidate's summary stands under it."""
VEILED = "Orange is in the fog: how it decides stays hidden until blue sees it, or the fog lifts."
_GAP = 3
_NEW = "new"
"""Marks a candidate that an author wrote in this game."""
_FAINT = {Side.BLUE: "blue-faint", Side.ORANGE: "orange-faint"}


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What the panel tells."""

    trace: Trace | None = None
    is_veiled: bool = False
    """Whether the decision would tell a person where orange is in fog."""
    activity: str = ""
    """Such as `thinking 2 s`; stands in place of the time taken."""
    verdict: tuple[str, str] = ("", "")
    """What the move was worth, and the style of that."""
    waiting: tuple[str, ...] = ()
    """Paragraphs that stand there while there is no decision to show."""
    letters: bool = False


class DecisionPanel(Painter):
    """Shows a `DecisionView`."""

    DEFAULT_CSS = """
    DecisionPanel { height: 2fr; padding: 0 1; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view = DecisionView()
        self._hidden = 0
        """Candidates that there was no room for."""

    def show(self, view: DecisionView) -> None:
        """Show a view; its trace may have grown since."""
        self._view = view
        self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        trace = self._view.trace
        if trace is None:
            return self._waiting(width, height)
        self._hidden = 0
        body: list[Line] = []
        if self._view.is_veiled:
            body = [[], *([(line, "quiet")] for line in wrap(VEILED, width, 4))]
        elif not trace.stages and not trace.is_done:
            body = self._paragraphs(width)
        elif not trace.stages:
            body = self._plain_player(trace, width)
        elif width >= ABREAST:
            body = self._abreast(trace, width, height - 2)
        else:
            for stage in trace.stages:
                space = max(3, (height - 2) // max(2, stage.stages))
                body += self._block(stage, trace.side, width, space, roomy=False)
        lines = [self._header(trace, width), *body]
        if self._view.is_veiled or not trace.stages:
            return lines
        if verdict := self._verdict(trace, width):
            lines.append(verdict)
        return lines

    def _header(self, trace: Trace, width: int) -> Line:
        glyph = side_glyph(trace.side, self._view.letters)
        doing = "decided" if trace.is_done else "decides"
        by = NAMES.get(trace.player, trace.player)
        left = f"{by} {doing} for {trace.side} · step {trace.step}"
        right = self._view.activity or (f"{trace.ms:.0f} ms" if trace.is_done else "…")
        if self._hidden:
            # What is not all of them is not to pass for it.
            more = f" · {self._hidden} hidden"
            left += more if len(left) + len(more) + len(right) + 5 <= width else ""
        if (cost := trace.tokens.short) and trace.stages and not self._view.activity:
            # Six more: what `rule` puts around the two, and the sign before them.
            with_cost = f"{cost}, {right}"
            right = with_cost if len(left) + len(with_cost) + 8 <= width else right
        title = rule(left, width - 2, right)
        return [(f"{glyph} ", str(trace.side)), *title]

    def _plain_player(self, trace: Trace, width: int) -> list[Line]:
        name = NAMES.get(trace.player, trace.player)
        text = f"{name} has no stages to show."
        if trace.player == "ld":
            text = "At this level the tablebase plays a share of LD's turns, as it did this one."
        lines: list[Line] = [[], *([(line, "quiet")] for line in wrap(text, width, 2))]
        if trace.move:
            lines.append([("→ ", str(trace.side)), (trace.move, "strong")])
        if verdict := self._verdict(trace, width):
            lines.append(verdict)
        return lines

    def _abreast(self, trace: Trace, width: int, room: int) -> list[Line]:
        """Draw the stages side by side, and under them what the S-LLM read."""
        count = max(2, trace.stages[0].stages)
        each = (width - _GAP * (count - 1)) // count
        rows = max(len(stage.rows) for stage in trace.stages)
        roomy = each >= ROOMY and room >= 2 * rows + 7
        asked = [self._question(stage, each, 2) for stage in trace.stages]
        tall = max(map(len, asked))
        blocks = [
            [
                *question,
                *[[] for _ in range(tall - len(question))],
                *self._block(stage, trace.side, each, room - tall, roomy)[1:],
            ]
            for question, stage in zip(asked, trace.stages, strict=True)
        ]
        if not roomy:
            blocks = [
                block + self._meaning(stage, each, min(3, room - len(block)))
                for stage, block in zip(trace.stages, blocks, strict=True)
            ]
        lines = beside(blocks, each, _GAP)
        left = room - len(lines) - 2
        if left >= 1:
            state = wrap(trace.stages[-1].state, width, min(3, left))
            lines += [[], [("the S-LLM reads", "title")], *([(line, "quiet")] for line in state)]
        return lines

    def _block(
        self, stage: StageTrace, side: Side, width: int, space: int, roomy: bool
    ) -> list[Line]:
        """Draw one stage in at most `space` lines; `roomy`: with every candidate's summary."""
        lines = self._question(stage, width, 1)
        fitting = self._fitting(stage.rows, (space - 2) // (2 if roomy else 1))
        self._hidden += len(stage.rows) - len(fitting)
        for row in fitting:
            lines.append(self._row(row, stage, side, width))
            if roomy:
                lines.append([("  ", ""), (cut(row.summary, width - 2), "quiet")])
        lines.append(self._result(stage, side, width))
        return lines

    def _question(self, stage: StageTrace, width: int, rows: int) -> list[Line]:
        number = f"{stage.number}/{stage.stages} " if stage.stages > 1 else ""
        if rows == 1 and number and len(number) + len(stage.question) > width:
            # The whole question matters more than of how many it is one.
            number = f"{stage.number} "
        first, *rest = wrap(stage.question, width - len(number), rows)
        indent = " " * len(number)
        return [
            [(number, "quiet"), (first, "strong")],
            *([(indent, ""), (text, "strong")] for text in rest),
        ]

    def _meaning(self, stage: StageTrace, width: int, room: int) -> list[Line]:
        """Say what the chosen function does."""
        chosen = stage.chosen
        if chosen is None or room < 1:
            return []
        return [[(text, "quiet")] for text in wrap(chosen.summary, width, room)]

    def _fitting(self, rows: Sequence[CandidateRow], room: int) -> list[CandidateRow]:
        """Return the candidates that there is room for: the chosen one always, new ones first."""
        if len(rows) <= room:
            return list(rows)
        kept = sorted(
            rows, key=lambda row: (not row.is_chosen, not row.is_new, row.struck is None)
        )[: max(1, room)]
        return [row for row in rows if any(row is one for one in kept)]

    def _row(self, row: CandidateRow, stage: StageTrace, side: Side, width: int) -> Line:
        longest = max(len(other.name) + 4 * other.is_new for other in stage.rows) + 1
        # Where room is short names matter more than the bar of what retrieval found.
        tight = width < ROOMY and longest > width - 20
        name_width = min(longest, max(10, width - (17 if tight else 20)))
        sign = self._sign(row)
        style = "struck" if row.struck else "strong" if row.is_chosen else ""
        line: Line = [(sign, f"{side} strong" if row.is_chosen else "bad" if row.struck else "")]
        if row.is_new:
            name = cut(row.name, name_width - len(_NEW) - 2)
            line += [(f"{name} ", style), (_NEW, "good strong")]
            line.append((" " * (2 + name_width - width_of(line)), ""))
        else:
            line.append((fit(row.name, name_width - 1) + " ", style))
        rest = width - width_of(line)
        if row.struck is not None:
            return [*line, (" " + cut(row.struck, rest - 1), "bad")]
        # The far bar gets more room: the model's choice matters more than the retriever's.
        bars = max(3 if tight else 4, rest - (12 if tight else 13))
        near = 0 if tight else max(2, bars // 4)
        if row.distance is None:
            line.append((" " * (5 + near + (near > 0)), ""))
        else:
            line.append((f"{row.distance:>4.2f} ".replace("0.", " .", 1), "quiet"))
            line.append((self._bar(_relative(row, stage.rows), near), "quiet"))
            line.append((" " * (near > 0), ""))
        if row.probability is not None:
            line.append((f"{row.probability:>5.0%}"[:-1] + " % ", style))
            color = str(side) if row.is_chosen else _FAINT[side]
            line.append((self._bar(row.probability, bars - near), color))
        return line

    def _sign(self, row: CandidateRow) -> str:
        if row.struck is not None:
            return "x " if self._view.letters else "✗ "
        if row.is_chosen:
            return "> " if self._view.letters else "▸ "
        return "  "

    def _bar(self, share: float, width: int) -> str:
        if self._view.letters:
            return fit("#" * round(share * width), width)
        return bar(share, width)

    def _result(self, stage: StageTrace, side: Side, width: int) -> Line:
        if stage.note:
            return [(cut(stage.note, width), "warn")]
        if not stage.shown:
            return [("…", "quiet")]
        arrow = "-> " if self._view.letters else "→ "
        left: Line = [(arrow, str(side)), (cut(stage.shown, width - 3), "strong")]
        by = {"s-llm": "S-LLM", "only": "the only one left"}.get(stage.by, stage.by)
        # A weaker level's S-LLM knows better than it plays.
        by += ", drawn" * bool(stage.passed_over)
        for parts in ((by, stage.tokens.short, f"{stage.ms:.0f} ms"), (by, f"{stage.ms:.0f} ms")):
            right = ", ".join(part for part in parts if part)
            if width_of(left) + len(right) + 2 <= width:
                return spread(left, [(right, "quiet")], width)
        return left

    def _verdict(self, trace: Trace, width: int) -> Line | None:
        if trace.gave_up:
            return [(cut(trace.gave_up, width), "bad")]
        text, style = self._view.verdict
        return [(cut(text, width), style)] if text else None

    def _waiting(self, width: int, height: int) -> list[Line]:
        return [rule("decision", width), *self._paragraphs(width)][:height]

    def _paragraphs(self, width: int) -> list[Line]:
        lines: list[Line] = [[]]
        for paragraph in self._view.waiting:
            lines += [[(text, "quiet")] for text in wrap(paragraph, width, 6)]
            lines.append([])
        return lines


def _relative(row: CandidateRow, rows: Sequence[CandidateRow]) -> float:
    """Return how far a candidate is, from .2 for the nearest of its stage to 1 for the farthest."""
    found = [other.distance for other in rows if other.distance is not None]
    near, far = min(found), max(found)
    return 1.0 if far == near else 0.2 + 0.8 * ((row.distance or 0.0) - near) / (far - near)


def beside(blocks: Sequence[list[Line]], width: int, gap: int) -> list[Line]:
    """Return blocks of lines side by side, each filled to a width."""
    lines: list[Line] = []
    for at in range(max(map(len, blocks))):
        line: Line = []
        for number, block in enumerate(blocks):
            part = block[at] if at < len(block) else []
            last = number == len(blocks) - 1
            line += [*part, (" " * (0 if last else width - width_of(part) + gap), "")]
        lines.append(line)
    return lines
