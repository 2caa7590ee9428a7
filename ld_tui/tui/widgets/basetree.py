"""The function base as a tree, by side and stage; or what a search found, nearest first."""

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from ld_tui.functionbase.shelf import Entry
from ld_tui.game.rules import Side
from ld_tui.tui.palette import palette_of
from ld_tui.tui.sheet import Stock
from ld_tui.tui.text import plain
from ld_tui.tui.widgets.status import side_glyph

_ORIGINS = {"base": "", "emergency": "e", "user": "u"}


class BaseTree(Tree[str]):
    """Shows a `Stock`; the data of a leaf is its function's name, of a stage `side/stage`."""

    DEFAULT_CSS = """
    BaseTree { background: $background; color: $foreground; padding: 0; height: 1fr;
        scrollbar-size-vertical: 1; scrollbar-color: $rule; scrollbar-background: $background; }
    BaseTree:focus { background-tint: $foreground 0%; }
    BaseTree > .tree--guides, BaseTree > .tree--guides-hover { color: $rule; }
    BaseTree > .tree--guides-selected { color: $rule; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "edit", tooltip="To the text", id="functions.edit"),
    ]

    def __init__(self, letters: bool, chosen: Callable[[], None]) -> None:
        """`chosen` is called when the function under the cursor is to be edited."""
        super().__init__("functions", id="tree")
        self.show_root = False
        self.guide_depth = 2
        self._letters = letters
        self.chosen = chosen
        self._shape: list[tuple[str, str]] = []
        """Group and name of what stands there."""
        self.is_settled = False
        """Whether the cursor is where it is meant to be; not while the tree is made anew."""

    def show(self, stock: Stock, current: str) -> None:
        """Show what there is, the cursor on a function."""
        entries = {entry.name: entry for entry in stock.entries}
        if stock.found is not None:
            shape = [("", f"{_near(distance)} {name}") for name, distance in stock.found]
        else:
            shape = [(f"{e.place.side}/{e.place.stage}", e.name) for e in stock.entries]
        if shape == self._shape:
            for node in self._leaves(self.root):
                if stock.found is None and (entry := entries.get(str(node.data))) is not None:
                    node.set_label(self._label(entry, stock))
            return
        self._shape, self.is_settled = shape, False
        closed = {str(node.data) for node in self.root.children if not node.is_expanded}
        self.clear()
        if stock.found is not None:
            for name, distance in stock.found:
                if (entry := entries.get(name)) is not None:
                    sign = side_glyph(Side(entry.place.side), self._letters)
                    self.root.add_leaf(
                        self._label(entry, stock, f"{_near(distance)} {sign} "), name
                    )
        else:
            stages = dict.fromkeys((each.place.side, each.place.stage) for each in stock.entries)
            for side, stage in stages:
                key = f"{side}/{stage}"
                inside = [
                    e for e in stock.entries if (e.place.side, e.place.stage) == (side, stage)
                ]
                title = Text.assemble(
                    (f"{side} {stage}", self._style(f"{side} strong")),
                    (f"  {len(inside)}", self._style("quiet")),
                )
                node = self.root.add(title, key, expand=key not in closed)
                for entry in inside:
                    node.add_leaf(self._label(entry, stock), entry.name)
        self.root.expand()
        self.select(current)

    def action_select_cursor(self) -> None:
        """Choose a function at once: keys that come fast are for its text already."""
        if self.current and self.is_settled:
            self.chosen()
        else:
            super().action_select_cursor()

    def on_click(self, event: events.Click) -> None:
        """Open the function that is clicked; a click on the one that is open edits it."""
        line = int(event.style.meta.get("line", -1))
        node = self.get_node_at_line(line)
        if node is not None and not node.allow_expand and node is not self.cursor_node:
            event.prevent_default()
            self.cursor_line = line

    def select(self, name: str) -> None:
        """Put the cursor on a function, or on the first there is."""
        leaves = list(self._leaves(self.root))
        node = next((node for node in leaves if node.data == name), None)
        node = node or (leaves[0] if leaves else None)
        if node is not None:
            # The lines of the tree are counted with the next look at them.
            self.is_settled = False
            self.call_after_refresh(self._settle, node)

    @property
    def current(self) -> str:
        """The function that the cursor is on; '' where it is on a stage."""
        node = self.cursor_node
        if node is None or node.data is None or node.allow_expand:
            return ""
        return node.data

    @property
    def beside(self) -> str:
        """The function after the one that the cursor is on, or else before it."""
        names = [str(node.data) for node in self._leaves(self.root)]
        if self.current not in names:
            return ""
        at = names.index(self.current)
        return (names[at + 1 :] or names[:at][-1:] or [""])[0]

    @property
    def stage(self) -> str:
        """`side/stage` of where the cursor is; '' where nothing says."""
        node = self.cursor_node
        while node is not None and not node.allow_expand:
            node = node.parent
        return str(node.data) if node is not None and node.data else ""

    def _settle(self, node: TreeNode[str]) -> None:
        self.is_settled = True
        if self.cursor_node is node:
            self.post_message(self.NodeHighlighted(node))
        else:
            self.move_cursor(node)

    def _leaves(self, node: TreeNode[str]) -> list[TreeNode[str]]:
        found = []
        for child in node.children:
            found += self._leaves(child) if child.allow_expand else [child]
        return found

    def _label(self, entry: Entry, stock: Stock, before: str = "") -> Text:
        name_style, marks = "", []
        if entry.is_disabled:
            name_style = "struck"
            marks.append(("off", "quiet"))
        if entry.problem:
            name_style = "bad"
            marks.append(("broken", "bad"))
        elif entry.name in stock.failing and not entry.is_disabled:
            name_style = "bad"
            marks.append(("fails", "bad"))
        if entry.has_draft:
            marks.append(("draft", "warn"))
        origin = _ORIGINS.get(entry.manual.origin, "") if entry.manual is not None else ""
        text = Text(before, self._style("quiet"), no_wrap=True)
        text.append(plain(entry.name), self._style(name_style))
        if origin:
            text.append(f" {origin}", self._style("title"))
        for mark, style in marks:
            text.append(f" {mark}", self._style(style))
        return text

    def _style(self, names: str) -> Style:
        return palette_of(self.app.theme, self.app.theme_variables).style(names)


def _near(distance: float | None) -> str:
    """Return a distance as it stands before a name; what was found by its name has none."""
    return f"{distance:.2f}" if distance is not None else "name"
