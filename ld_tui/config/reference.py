"""The settings as a table in Markdown, for docs/settings.md; a test holds the page to it."""

from ld_tui.config.kinds import Keys
from ld_tui.config.schema import SETTINGS


def table() -> str:
    """Return a row for every setting."""
    rows = [
        "| key | what it is | value | default | variable | flag |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for key, setting in SETTINGS.items():
        is_keymap = isinstance(setting.kind, Keys)
        default = "as shipped" if is_keymap else setting.show(setting.default) or "empty"
        says = setting.kind.says.removeprefix("one of ")
        flag = f"`{setting.flag}`" if setting.flag else ""
        rows.append(
            f"| `{key}` | {setting.help} | {says} | {default} | `{setting.environ}` | {flag} |"
        )
    return "\n".join(rows) + "\n"
