"""Which author writes functions in emergencies, by name.

Importing this module is light: what authors work with loads once one is made.
"""

from typing import TYPE_CHECKING

from ld_tui.agent.emergency import NOBODY, Author
from ld_tui.arena.resources import AuthorMaker, Resources
from ld_tui.errors import UsageError

if TYPE_CHECKING:
    from ld_tui.authoring.admission import Desk

L_LLM = "l-llm"
AUTHORS = ("composer", L_LLM, NOBODY)


def author_maker(name: str) -> AuthorMaker | None:
    """Return what makes an author for an agent; None for `none`.

    Raises UsageError for others, and for `l-llm` where the environment names no server.
    """
    if name == "composer":
        return composer
    if name == L_LLM:
        from ld_tui.llm.endpoint import endpoint_from_environment

        # Said before a game begins rather than in its midst.
        endpoint_from_environment()
        return l_llm
    if name == NOBODY:
        return None
    raise UsageError(f"there is no author {name!r}; use {', '.join(AUTHORS)}")


def composer(resources: Resources) -> Author:
    """Return the composer, working with these resources."""
    from ld_tui.authoring.composer import Composer

    return Composer(_desk(resources))


def l_llm(resources: Resources) -> Author:
    """Return the L-LLM that the environment names. Raises UsageError where it names none."""
    from ld_tui.authoring.writer import Writer
    from ld_tui.llm.endpoint import endpoint_from_environment

    return Writer(_desk(resources), endpoint_from_environment())


def _desk(resources: Resources) -> "Desk":
    from ld_tui.authoring.admission import Desk

    return Desk(resources.functionbase(), resources.sandbox(), resources.table_of)
