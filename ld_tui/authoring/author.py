"""Which author writes functions in emergencies, by name."""

from ld_tui.agent.emergency import Author
from ld_tui.arena.resources import AuthorMaker, Resources
from ld_tui.authoring.admission import Desk
from ld_tui.errors import UsageError

NOBODY = "none"
AUTHORS = ("composer", NOBODY)


def author_maker(name: str) -> AuthorMaker | None:
    """Return what makes an author for an agent; None for `none`. Raises UsageError for others."""
    if name == "composer":
        return composer
    if name == NOBODY:
        return None
    raise UsageError(f"there is no author {name!r}; use {', '.join(AUTHORS)}")


def composer(resources: Resources) -> Author:
    """Return the composer, working with these resources."""
    from ld_tui.authoring.composer import Composer

    return Composer(Desk(resources.functionbase(), resources.sandbox(), resources.table_of))
