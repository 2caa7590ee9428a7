"""What drafts of all authors have in common: names, provenance, examples."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from ld_tui.agent.emergency import AND
from ld_tui.agent.events import Plain
from ld_tui.arena.pursuit import PursuitSituation, function_state, result_problem
from ld_tui.authoring.admission import rules_mark
from ld_tui.functionbase.manual import Example, Provenance
from ld_tui.functionbase.store import Stage
from ld_tui.game.emergencies import emergencies_of
from ld_tui.game.notation import format_position
from ld_tui.game.rules import Position
from ld_tui.sandbox.run import Ran, Sandbox

EXAMPLES = 2
"""Of a manual."""


def written_for(situation: PursuitSituation, errors: Sequence[str]) -> str:
    """Return what a function is written for, as events name it; see `agent.emergency.Authored`."""
    return "" if errors else AND.join(situation.emergencies)


def name_of_draft(situation: PursuitSituation, stage: Stage, emergency: str, mark: str) -> str:
    """Return the name of a function that is written for an emergency, or for failed candidates."""
    kind = emergencies_of(situation.position)[-1].kind if emergency else "rescue"
    return f"{kind}_{stage.name}_{mark}"


def provenance(author: str, position: Position) -> Provenance:
    """Return the provenance of a function that is written now, for the rules in force."""
    return Provenance(author, datetime.now(UTC).date().isoformat(), rules_mark(position))


def examples_of(
    sandbox: Sandbox,
    stage: Stage,
    name: str,
    source: str,
    calls: Sequence[tuple[Position, Plain]],
) -> Iterator[Example]:
    """Yield what a function gives for the first calls, up to the first at which it fails.

    `calls` are positions with what the stage before gave there. What is not of the stage's type is
    left out.
    """
    for position, previous in calls[:EXAMPLES]:
        ran = sandbox.run(name, source, (function_state(position, 0), previous))
        if not isinstance(ran, Ran):
            return
        if result_problem(stage.result, position, ran.value) is None:
            yield Example(format_position(position), _tuples(ran.value), _tuples(previous))


def _tuples(value: Plain) -> Plain:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value
