"""What every full screen has: a body, and one line in its place while the terminal is too small."""

from collections.abc import Iterable
from typing import Generic, cast

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.widget import Widget

from ld_tui.tui.widgets.toosmall import TooSmall


class Leaving(Generic[ScreenResultType]):
    """A screen that leaves only itself.

    Keys that came before it went still come to it, and Textual's `dismiss` closes whatever screen
    is on top by then: two quick keys would take the screen beneath away too. It is no screen of
    its own, since styles are looked up by the first base alone that is one.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave the screen with a result; once it is left, or under another one, do nothing."""
        screen = cast("Screen[ScreenResultType]", self)
        return Screen.dismiss(screen, result) if screen.is_active else AwaitComplete()


class LdModal(Leaving[ScreenResultType], ModalScreen[ScreenResultType]):
    """A screen over another one, which shows through."""


class LdScreen(Leaving[None], Screen[None]):
    """A screen whose body hides below the least size (see ld.tcss)."""

    AUTO_FOCUS = ""
    about: tuple[str, ...] = ()
    """What the help says after the keys, in paragraphs."""
    tells_unsaved = False
    """Whether it says itself what of the settings can't be saved."""

    def compose(self) -> ComposeResult:
        yield TooSmall()
        with Vertical(id="body"):
            yield from self.body()

    def body(self) -> Iterable[Widget]:
        """Return what stands on the screen."""
        raise NotImplementedError

    def more_keys(self) -> list[Binding]:
        """Return keys for the help that are no bindings."""
        return []

    def settings_changed(self) -> None:
        """Take up what was changed in the settings."""
