"""Textual's palette of commands, with keys that come before it stands, or after it went."""

from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette
from textual.widgets import LoadingIndicator


class CommandsScreen(CommandPalette):
    """The palette."""

    def dismiss(self, result: object = None) -> AwaitComplete:
        """Leave the screen; once it is left, or under another one, do nothing."""
        return super().dismiss(None) if self.is_active else AwaitComplete()

    # A search may end while the screen is taken apart, and Textual fails where a part has gone.

    def _watch__list_visible(self) -> None:
        if self._is_whole:
            super()._watch__list_visible()

    async def _watch__show_busy(self) -> None:
        if self._is_whole:
            await super()._watch__show_busy()

    def _action_command_list(self, action: str) -> None:
        # A list that was not laid out yet has no lines to go to, and Textual fails on that.
        if self._is_whole and self.query_one(CommandList).scrollable_content_region.height > 0:
            super()._action_command_list(action)

    @property
    def _is_whole(self) -> bool:
        return all(self.query(part) for part in (CommandList, LoadingIndicator, "#--input"))
