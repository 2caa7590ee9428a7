"""The keys of the functions' screen; letters act while the tree has the focus."""

from textual.binding import Binding, BindingType


def _key(
    keys: str, action: str, text: str, tip: str, show: bool = True, display: str = ""
) -> Binding:
    name = f"functions.{action.split('(')[0]}"
    # A text in which Tab indents takes Escape for itself.
    priority = action == "escape"
    shown = display or None
    return Binding(keys, action, text, show, shown, priority, tooltip=tip, id=name)


FUNCTIONS_KEYS: list[BindingType] = [
    _key("ctrl+s", "apply", "apply", "Check the text and apply it", display="^s"),
    _key("escape", "escape", "back", "To the tree; back", display="esc"),
    _key("slash", "search", "search", "Search by meaning", display="/"),
    _key("v", "versions", "versions", "Versions: diff, restore"),
    _key("n", "create", "new", "New, from a template"),
    _key("c", "copy_function", "copy", "New, from this one"),
    _key("d", "switch", "on/off", "Disable, enable"),
    _key("x,delete", "delete", "delete", "Delete the function", display="x"),
    _key("u", "undelete", "undelete", "Bring back what was deleted"),
    _key("ctrl+o", "outside", "$EDITOR", "Edit in $VISUAL or $EDITOR", display="^o"),
    _key("ctrl+r", "revert", "revert", "Back to the file's text", display="^r"),
    _key("f8", "problem", "next problem", "To the next problem", display="F8"),
]
HELP_WORDS = (
    "Enter turns from the tree to the text; letters are keys in the tree only. The retriever and "
    "the S-LLM read summary and when; words that the S-LLM was not taught are underlined.",
    "What is typed is checked at once, and kept as a draft until ctrl+s applies it. Every text "
    "that is replaced stays among the versions. Behind a name: u is yours, e was written in an "
    "emergency.",
)
TREE_ONLY = frozenset({"search", "versions", "create", "copy_function", "switch", "delete",
                       "undelete"})  # fmt: skip
