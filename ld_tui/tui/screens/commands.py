"""Textual's palette of commands, with keys that come before it stands, or after it went."""

from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette


class CommandsScreen(CommandPalette):
    """The palette."""

    def dismiss(self, result: object = None) -> AwaitComplete:
        """Leave the screen; once it is left, or under another one, do nothing."""
        return super().dismiss(None) if self.is_active else AwaitComplete()

    def _action_command_list(self, action: str) -> None:
        # A list that was not laid out yet has no lines to go to, and Textual fails on that.
        if self.query_one(CommandList).scrollable_content_region.height > 0:
            super()._action_command_list(action)
