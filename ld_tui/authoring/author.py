"""Which author writes functions in emergencies, by name.

Importing this module is light: what authors work with loads late.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ld_tui.agent.emergency import NOBODY, Author
from ld_tui.agent.events import Event
from ld_tui.arena.pursuit import PursuitSituation
from ld_tui.arena.resources import AuthorMaker, Resources
from ld_tui.errors import UsageError
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.store import Stage

if TYPE_CHECKING:
    from ld_tui.authoring.admission import Desk

COMPOSER = "composer"
L_LLM = "l-llm"
AUTHORS = (COMPOSER, L_LLM, NOBODY)


def author_maker(name: str) -> AuthorMaker | None:
    """Return what makes an author for an agent; None for `none`.

    Raises UsageError for others, and for `l-llm` where the environment names no server.
    """
    if name == COMPOSER:
        return composer
    if name == L_LLM:
        from ld_tui.llm.endpoint import endpoint_from_environment

        # Said before a game begins rather than in its midst.
        endpoint_from_environment()
        return l_llm
    if name == NOBODY:
        return None
    raise UsageError(f"there is no author {name!r}; use {', '.join(AUTHORS)}")


@dataclass(frozen=True, slots=True)
class _LateComposer:
    """The composer, which loads what it works with once it is asked: most games never do."""

    resources: Resources

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
        from ld_tui.authoring.composer import Composer

        yield from Composer(_desk(self.resources)).write(situation, stages, new, errors)


def composer(resources: Resources) -> Author:
    """Return the composer, working with these resources."""
    return _LateComposer(resources)


def l_llm(resources: Resources) -> Author:
    """Return the L-LLM that the environment names. Raises UsageError where it names none."""
    from ld_tui.authoring.writer import Writer
    from ld_tui.llm.endpoint import endpoint_from_environment

    return Writer(_desk(resources), endpoint_from_environment())


def _desk(resources: Resources) -> "Desk":
    from ld_tui.authoring.admission import Desk

    return Desk(resources.functionbase(), resources.sandbox(), resources.table_of)
