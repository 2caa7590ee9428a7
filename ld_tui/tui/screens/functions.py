"""The function base, edited: a tree of it, the manual that is open, and what is wrong with it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.app import SuspendNotSupported
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, TextArea, Tree

from ld_tui.errors import LdTuiError
from ld_tui.functionbase.shelf import Shelf
from ld_tui.tui.clerk import Clerk
from ld_tui.tui.fared import about, head_view, told_version
from ld_tui.tui.messages import EngineSaid, WorkDone
from ld_tui.tui.ports import EditingEngine
from ld_tui.tui.screens.base import LdScreen
from ld_tui.tui.screens.functions_keys import FUNCTIONS_KEYS, HELP_WORDS, TREE_ONLY
from ld_tui.tui.screens.naming import NamingScreen
from ld_tui.tui.screens.versions import VersionsScreen
from ld_tui.tui.widgets.basetree import BaseTree
from ld_tui.tui.widgets.findings import Findings
from ld_tui.tui.widgets.headline import Headline, Note
from ld_tui.tui.widgets.keybar import KeyBar
from ld_tui.tui.widgets.manualedit import ManualEdit
from ld_tui.tui.workbench import SEARCH_AFTER, Workbench

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp

WIDE = 110
"""Columns from which the tree stays beside the text while that is edited."""
NEAREST_FIRST = "nearest in meaning first; 0: the same, 1: unlike"


class FunctionsScreen(LdScreen):
    """A visit to the function base."""

    BINDINGS: ClassVar[list[BindingType]] = FUNCTIONS_KEYS
    about = HELP_WORDS
    DEFAULT_CSS = """
    FunctionsScreen #shelf { height: 1fr; }
    FunctionsScreen #stock { width: 27; height: 1fr; border-right: vkey $rule; }
    FunctionsScreen #sheet { width: 1fr; height: 1fr; }
    FunctionsScreen #search { display: none; height: 1; padding: 0 1; border: none; }
    FunctionsScreen.-searching #search { display: block; }
    """

    def __init__(
        self,
        engine: EditingEngine,
        folder: Path | None,
        saves: Path,
        letters: bool,
        settle: Callable[[], None],
        first: str = "",
    ) -> None:
        """`first` names the function to open; `settle` is called after files were written."""
        super().__init__()
        self.changes: list[str] = []
        """What was done to the function base in this visit, a line each."""
        self._first = first
        self._clerk = Clerk(self._pass_on)
        self.bench = Workbench(Shelf(folder), engine, self._clerk, saves, self, settle)
        self._head = Headline()
        self._stock = Vertical(id="stock")
        self._tree = BaseTree(letters, self._edit_chosen)
        self._search = Input(placeholder="search by meaning", id="search", compact=True)
        self._edit = ManualEdit(letters)
        self._findings = Findings(letters)
        self._note = Note()
        self._names: set[str] = set()
        """What the base held at the last look."""
        self._found: object = None
        """What a search had found then."""
        self._led_to = ""
        """Where the program, not the person, put the tree's cursor."""
        self._next = ""
        """The function to go to once the one under the cursor is deleted."""
        self._is_first_key = True
        self._searched = 0
        self.is_left = False
        """Whether one goes back already: what is typed until then is for the game."""
        self.typed = ""
        """What is for the game, a digit first: the key that opened this was a move's letter."""

    def body(self) -> Iterable[Widget]:
        yield self._head
        with Horizontal(id="shelf"):
            with self._stock:
                yield self._search
                yield self._tree
            with Vertical(id="sheet"):
                yield self._edit
                yield self._findings
                yield self._note
        yield KeyBar()

    def on_mount(self) -> None:
        self._tree.focus()
        self.bench.begin()
        self.changed()

    def on_resize(self, event: events.Resize) -> None:
        self._fit(self._edit.has_focus)
        self._findings.styles.height = 7 if event.size.height < 30 else 11

    def on_work_done(self, message: WorkDone) -> None:
        if self.is_running and self.app.is_running:
            message.call()

    def hear(self, message: EngineSaid) -> None:
        """Take what the engine said."""
        self.bench.heard(message.content)

    def shut(self, seconds: float) -> None:
        """Keep what was written, waiting so long at most."""
        self.bench.close(seconds)

    # What the workbench wants of its screen

    def changed(self) -> None:
        """Draw what changed."""
        if not self.is_running or not self.app.is_running:
            return
        sheet, bench = self.bench.sheet, self.bench
        problems = sheet.problems if sheet is not None else []
        beside = {each.line: each.detail for each in reversed(problems)}
        self._edit.mark(beside, sheet.unknown if sheet is not None else ())
        self._edit.read_only = sheet is None
        self._findings.show(sheet)
        self._head.show(head_view(bench.stock, sheet))
        style = "bad" if bench.is_trouble else "good"
        if bench.line:
            self._note.show(bench.line, style)
        elif bench.stock.found is not None and not self._edit.has_focus:
            self._note.show(NEAREST_FIRST, "quiet")
        else:
            entry = bench.entry(sheet.place.name) if sheet is not None else None
            self._note.show(about(bench.stock, entry), "quiet")
        self.refresh_bindings()

    def stocked(self) -> None:
        """Draw what the base holds."""
        sheet = self.bench.sheet
        names = {entry.name for entry in self.bench.stock.entries}
        current, opened = self._tree.current, sheet.place.name if sheet is not None else ""
        found = self.bench.stock.found
        if found and found is not self._found:
            current = found[0][0]
        elif not self._names:
            current = self._first
        elif opened in names - self._names:
            current = opened
        elif current and current not in names:
            current = self._next
        self._names, self._found = names, found
        self._led_to = current or opened
        self._tree.show(self.bench.stock, self._led_to)
        self.changed()

    def laid_open(self) -> None:
        """Show the text that is to be edited."""
        sheet = self.bench.sheet
        self._edit.lay(sheet.text if sheet is not None else "")
        is_there = sheet is not None and sheet.place.name in self._names
        if sheet is not None and is_there and not self.has_class("-searching"):
            self._led_to = sheet.place.name
            self._tree.select(self._led_to)
        self.changed()

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        self.set_timer(seconds, call)

    def base_changed(self, line: str) -> None:
        """Let the engine know."""
        self.changes.append(line)
        self._ld.engine.reload()

    # Keys, clicks and what widgets say

    def on_key(self, event: events.Key) -> None:
        first, self._is_first_key = self._is_first_key, False
        character = event.character if event.is_printable else None
        if self.is_left:
            event.stop()
            self.typed += character or ""
        elif first and character is not None and character.isdigit():
            event.stop()
            self.is_left, self.typed = True, character
            self.dismiss()

    @on(TextArea.Changed)
    def _text_changed(self, message: TextArea.Changed) -> None:
        sheet = self.bench.sheet
        if sheet is not None and self._edit.text != self._laid(sheet.text):
            self._edit.outline()
            self.bench.edit(self._edit.text)

    @on(Tree.NodeHighlighted)
    def _highlighted(self, message: Tree.NodeHighlighted[str]) -> None:
        """Open what the cursor is on, but not what it passes while the tree is made anew."""
        if message.node.allow_expand or not self._tree.is_settled or self._edit.has_focus:
            return
        name = str(message.node.data)
        if name != self._led_to:
            self._led_to = self.bench.line = ""
        if (entry := self.bench.entry(name)) is not None:
            self.bench.open(entry.place)

    @on(Tree.NodeSelected)
    def _selected(self, message: Tree.NodeSelected[str]) -> None:
        if not message.node.allow_expand:
            self._edit_chosen()

    @on(Input.Changed, "#search")
    def _searching(self, message: Input.Changed) -> None:
        self._searched += 1
        count, text = self._searched, message.value

        def search() -> None:
            if count == self._searched:
                self.bench.search(text)

        self.set_timer(SEARCH_AFTER, search)

    @on(Input.Submitted, "#search")
    def _search_done(self) -> None:
        self._tree.focus()

    def on_findings_pointed(self, message: Findings.Pointed) -> None:
        self._edit.go_to(message.line)
        self._edit.focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._fit(self._edit.has_focus)
        self.changed()

    # Actions

    def action_apply(self) -> None:
        self.bench.apply()

    def action_escape(self) -> None:
        """Go back: from the text and the search to the tree, from there to where one came from."""
        if self._edit.has_focus:
            self.bench.keep()
            self._fit(False)
            self.set_focus(self._tree)
        elif self.has_class("-searching"):
            self.remove_class("-searching")
            self._search.value = ""
            self.bench.search("")
            self._tree.focus()
        else:
            self.dismiss()

    def action_search(self) -> None:
        self.add_class("-searching")
        self._search.focus()

    def action_versions(self) -> None:
        """Show the versions of the function that is open."""
        sheet = self.bench.sheet
        if sheet is None:
            return
        name, now = sheet.place.name, sheet.text

        def work() -> list[tuple[str, str, str]]:
            return [told_version(each) for each in reversed(self.bench.shelf.versions(name))]

        def then(found: list[tuple[str, str, str]]) -> None:
            if not found:
                self.bench.say(f"{name} has no versions yet: nothing was applied")
                return
            self.app.push_screen(VersionsScreen(name, now, found), self._restore)

        self._clerk.do(work, then, self._failed)

    def _restore(self, text: str | None) -> None:
        if text is not None:
            self.bench.restore(text)

    def action_create(self) -> None:
        """Begin a function of the stage that the cursor is in."""
        side, _, stage = (self._tree.stage or "blue/plan").partition("/")
        self._ask_name(
            f"The name of a new function of {side} {stage}:",
            "my_function",
            lambda name: self.bench.create(side, stage, name),
        )

    def action_copy_function(self) -> None:
        """Begin a function from the one that the cursor is on."""
        entry = self.bench.entry(self._tree.current)
        if entry is not None:
            place = entry.place
            self._ask_name(
                f"The name of a copy of {entry.name}:",
                entry.name,
                lambda name: self.bench.create(place.side, place.stage, name, entry),
            )

    def action_switch(self) -> None:
        if (entry := self.bench.entry(self._tree.current)) is not None and not entry.is_new:
            self.bench.switch(entry)

    def action_delete(self) -> None:
        if (entry := self.bench.entry(self._tree.current)) is not None:
            self._next = self._tree.beside
            self.bench.delete(entry)

    def action_undelete(self) -> None:
        self.bench.undelete()

    def action_revert(self) -> None:
        self.bench.revert()

    def action_problem(self) -> None:
        """Go to the next line with a problem, from the last to the first again."""
        sheet = self.bench.sheet
        lines = [each.line for each in sheet.problems] if sheet is not None else []
        if lines:
            here = self._edit.cursor_location[0] + 1
            self._edit.go_to(next((line for line in lines if line > here), lines[0]))
            self._edit.focus()

    def action_outside(self) -> None:
        """Hand the text to the person's own editor, and take back what they left."""
        from ld_tui.authoring.handoff import edit_outside

        sheet = self.bench.sheet
        if sheet is None:
            return
        try:
            with self.app.suspend():
                text = edit_outside(sheet.text, sheet.place.name)
        except (LdTuiError, SuspendNotSupported) as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.app.refresh()
        if text != sheet.text:
            self._edit.load_text(text)
            self._edit.outline()
            self.bench.edit(text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide keys that do nothing now."""
        if action in TREE_ONLY:
            is_free = not (self._edit.has_focus or self._search.has_focus)
            return is_free and (action != "undelete" or bool(self.bench.taken))
        sheet = self.bench.sheet
        match action:
            case "apply" | "revert":
                return sheet is not None and sheet.is_changed
            case "outside":
                return sheet is not None
            case "problem":
                return sheet is not None and bool(sheet.problems)
        return True

    # Within

    def _edit_chosen(self) -> None:
        """Turn from the tree to the text, at once; where none is open yet, open it first."""
        if self.bench.sheet is None:
            if (entry := self.bench.entry(self._tree.current)) is None:
                return
            self.bench.open(entry.place)
        self.set_focus(self._edit)

    def _fit(self, is_editing: bool) -> None:
        """Give the text the whole width of a small screen while it is edited."""
        # Not by a class: what is to get the focus has to be there at once.
        self._stock.display = not is_editing or self.size.width >= WIDE

    @property
    def _ld(self) -> "LdTuiApp":
        return cast("LdTuiApp", self.app)

    def _ask_name(self, title: str, like: str, then: Callable[[str], None]) -> None:
        """Ask for a name that is free."""

        def ask(free: str) -> None:
            def named(name: str | None) -> None:
                if name is not None:
                    then(name)
                    self._edit.focus()

            taken = {entry.name for entry in self.bench.stock.entries}
            self.app.push_screen(NamingScreen(title, free, taken), named)

        self._clerk.do(lambda: self.bench.shelf.free_name(like), ask, self._failed)

    def _pass_on(self, call: Callable[[], None]) -> None:
        """Have something called on the screen's own thread."""
        self.post_message(WorkDone(call))

    def _failed(self, error: LdTuiError) -> None:
        self.notify(str(error), severity="error", markup=False)

    def _laid(self, text: str) -> str:
        """Return a text as the editor gives it back."""
        lines = self._edit.document.newline.join(text.splitlines())
        return lines + self._edit.document.newline * text.endswith("\n")
