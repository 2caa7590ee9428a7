"""Editing functions, without widgets: what is open, what is known of it, what is asked for.

The engine checks and searches, a clerk does the file work; answers of both come back on the
screen's thread, where all methods are called and return at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ld_tui.errors import FunctionBaseError, LdTuiError
from ld_tui.functionbase.shelf import ChangedError, Entry, Opened, Place, Shelf
from ld_tui.functionbase.versions import Version
from ld_tui.tui.clerk import Clerk
from ld_tui.tui.inspecting import Inspector
from ld_tui.tui.ports import EditingEngine
from ld_tui.tui.sheet import BenchHost, Finding, Sheet, Stock

CHECK_AFTER = 0.3
"""Seconds without a key after which a text is checked."""
DRAFT_AFTER = 0.8
"""Seconds without a key after which a text is kept as a draft."""
SEARCH_AFTER = 0.2
INSPECT_AFTER = 1.0
"""Seconds into a visit after which every function is checked, one after the other."""
FOUND = 12
"""Functions that a search shows."""


class Workbench:
    """One visit to the function base."""

    def __init__(
        self,
        shelf: Shelf,
        engine: EditingEngine,
        clerk: Clerk,
        saves: Path,
        host: BenchHost,
        settle: Callable[[], None],
    ) -> None:
        """`settle` is called, in the clerk's thread, after files were written."""
        self.shelf = shelf
        self.stock = Stock()
        self.sheet: Sheet | None = None
        self.line = ""
        """What happened last, and whether it is trouble."""
        self.is_trouble = False
        self.taken: list[Opened] = []
        """What was deleted, to be put back; the last first to come."""
        self.edited: set[str] = set()
        """What was typed in, by name."""
        self.applied: list[Place] = []
        self._engine, self._clerk, self._saves = engine, clerk, saves
        self._host, self._settle = host, settle
        self._inspector = Inspector(shelf, clerk, self._inspect)
        self._asked: dict[str, int] = {}
        """The latest request of each kind: `look`, `apply`, `search`, `usage`, `inspect`."""
        self._applied = ("", "")
        """The text that is being checked to be applied, and its note."""
        self._sought = ""
        self._typed = 0
        self._wanted: Place | None = None

    def begin(self) -> None:
        self.refresh()
        self._asked["usage"] = self._engine.ask("usage", saves=str(self._saves))
        self._host.later(INSPECT_AFTER, self._inspector.begin)

    def close(self, seconds: float) -> None:
        """Keep what isn't applied, taking so long at most."""
        self.keep()
        for kind in ("usage", "inspect"):
            if kind in self._asked:
                self._engine.stop(self._asked.pop(kind))
        self._clerk.close(seconds)

    # Looking around

    def refresh(self) -> None:
        """Read again what the base holds."""

        def work() -> tuple[tuple[Entry, ...], tuple[str, ...]]:
            return self.shelf.entries(), self.shelf.gone()

        def then(found: tuple[tuple[Entry, ...], tuple[str, ...]]) -> None:
            self.stock.entries, self.stock.gone = found
            self.stock.forget_gone()
            self._inspector.take(self.stock.entries)
            self.stock.failing = self._inspector.failing
            self._host.stocked()

        self._clerk.do(work, then, self._trouble)

    def entry(self, name: str) -> Entry | None:
        return next((entry for entry in self.stock.entries if entry.name == name), None)

    def search(self, text: str) -> None:
        """Find functions by meaning, a moment after the last letter; '' ends it."""
        if not text.strip():
            self._asked.pop("search", None)
            self.stock.found = None
            self._host.stocked()
            return
        self._sought = text
        self._asked["search"] = self._engine.ask("search", text=text, k=FOUND)

    def open(self, place: Place) -> None:
        """Lay a function open; what was written in another is kept."""
        self._wanted = place
        if self.sheet is not None and self.sheet.place == place:
            return
        self.keep()
        self._clerk.do(lambda: self.shelf.open(place), self._lay_open, self._trouble)

    # Editing

    def edit(self, text: str) -> None:
        """Take a changed text; it is checked and kept a moment later."""
        sheet = self.sheet
        if sheet is None or sheet.text == text:
            return
        sheet.text = text
        self.edited.add(sheet.place.name)
        self._typed += 1
        typed = self._typed
        self.line = ""
        self._host.later(CHECK_AFTER, lambda: self._look_if(typed))
        self._host.later(DRAFT_AFTER, lambda: self._keep_if(typed))
        self._host.changed()

    def keep(self) -> None:
        """Keep the text that is open as a draft, where it isn't what the file has."""
        sheet = self.sheet
        if sheet is None:
            return
        place, text, digest, seen = sheet.place, sheet.text, sheet.opened.digest, sheet.seen
        failed = self._trouble

        def kept(has_draft: bool) -> None:
            entry = self.entry(place.name)
            if entry is None or entry.has_draft is not has_draft:
                self.refresh()

        if not sheet.is_changed and seen is not None:
            sheet.seen = None
            self._clerk.do(lambda: self.shelf.drop_draft(place), lambda _: kept(False), failed)
        elif sheet.is_changed and text != seen:
            sheet.seen = text
            draft = (place, text, digest, seen)
            self._clerk.do(lambda: self.shelf.save_draft(*draft), lambda _: kept(True), failed)

    def apply(self, note: str = "edited") -> None:
        """Check the text whole and apply it where it passes."""
        sheet = self.sheet
        if sheet is None:
            return
        if not sheet.is_changed:
            self.say("nothing changed")
            return
        self._applied = (sheet.text, note)
        self.say("checking…")
        self._asked["apply"] = self._engine.ask("check", text=sheet.text, opened=sheet.place.name)

    def revert(self) -> None:
        """Go back to what the file has; the draft goes to the versions."""
        sheet = self.sheet
        if sheet is None or not sheet.is_changed or not sheet.opened.digest:
            self.say("nothing to go back from")
            return
        place, text, digest = sheet.place, sheet.text, sheet.opened.digest

        def work() -> Opened:
            self.shelf.save_draft(place, text, digest)
            self.shelf.set_aside(place)
            return self.shelf.open(place)

        self._do(work, "back to what the file has; your text is among the versions")

    def restore(self, text: str) -> None:
        """Apply the text of an old version."""
        if self.sheet is not None:
            self.sheet.text = text
            self._host.laid_open()
            self.apply("restored")

    # Functions as a whole

    def create(self, side: str, stage: str, name: str, like: Entry | None = None) -> None:
        """Begin a function as a draft: from a template, or from another function's text."""
        from ld_tui.authoring.templates import duplicate, template

        place = Place(side, stage, name)

        def work() -> Opened:
            self.shelf.check_new(place)
            if like is None:
                stages = self.shelf.base().stages_of(side)
                text = template(name, next(each for each in stages if each.name == stage))
            elif like.manual is None:
                raise FunctionBaseError(f"{like.name} can't be read; mend it first")
            else:
                text = duplicate(self.shelf.open(like.place).text, like.manual, name)
            self.shelf.save_draft(place, text, "")
            return self.shelf.open(place)

        self.keep()
        self._wanted = place
        self._do(work, f"{name} is a draft until ctrl+s")

    def switch(self, entry: Entry) -> None:
        """Take a function out of use, or into use again."""
        to = "in use again" if entry.is_disabled else "disabled"
        change = self.shelf.enable if entry.is_disabled else self.shelf.disable

        def work() -> Opened:
            change(entry.place)
            return self.shelf.open(entry.place)

        self.keep()
        self._do(work, f"{entry.name} {to}", changes_base=True)

    def delete(self, entry: Entry) -> None:
        """Take a function away; `undelete` brings it back."""

        def work() -> Opened:
            return self.shelf.delete(entry.place)

        def then(was: Opened) -> None:
            self.taken.append(was)
            self.sheet = self._wanted = None
            self._host.laid_open()
            self._written(f"{entry.name} deleted; u brings it back", bool(was.digest))

        self.keep()
        self._clerk.do(self._settled(work), then, self._trouble)

    def undelete(self) -> None:
        """Bring the function back that was deleted last."""
        if not self.taken:
            self.say("nothing was deleted in this visit")
            return
        was = self.taken.pop()

        def work() -> Opened:
            self.shelf.undelete(was)
            return self.shelf.open(was.place)

        self._wanted = was.place
        self._do(work, f"{was.place.name} is back", changes_base=True)

    def changed_outside(self, names: tuple[str, ...]) -> None:
        """Take notice of files that another program changed; what is being written stays."""
        self.refresh()
        sheet = self.sheet
        self.say(f"changed outside: {', '.join(names)}")
        if sheet is None or sheet.place.name not in names:
            return
        if sheet.is_changed:
            self.say(f"{sheet.place.name} changed outside; yours stays here until ctrl+s", True)
            return
        place = sheet.place
        self._clerk.do(lambda: self.shelf.open(place), self._lay_open, self._trouble)

    # What comes back

    def heard(self, message: Mapping[str, Any]) -> None:
        """Take an answer of the engine; those to others are passed over."""
        number, event = message.get("id"), message.get("event")
        kind = next((kind for kind, asked in self._asked.items() if asked == number), None)
        if kind is None or event in ("progress", "again"):
            return
        del self._asked[kind]
        if kind == "inspect":
            if self._inspector.heard(message):
                self.stock.failing = self._inspector.failing
                self._look_if(self._typed)
                self._host.stocked()
            return
        if event == "report":
            self._take_report(kind, message)
        elif event == "found":
            near = zip(message["names"], message["distances"], strict=True)
            self.stock.take_found(self._sought, near)
            self._host.stocked()
        elif event == "usage":
            self.stock.uses = message["functions"]
        elif event == "error":
            self.say(str(message.get("message")), True)
        self._host.changed()

    # Within

    def _inspect(self, text: str, name: str) -> None:
        self._asked["inspect"] = self._engine.ask("check", text=text, opened=name)

    def _take_report(self, kind: str, message: Mapping[str, Any]) -> None:
        sheet = self.sheet
        text, note = self._applied
        if sheet is None or (kind == "apply" and text != sheet.text):
            return
        sheet.findings = tuple(Finding(**finding) for finding in message["findings"])
        sheet.unknown = tuple(message["unknown"])
        sheet.is_played = kind == "apply" or sheet.is_played
        if kind == "look":
            return
        if not message["good"]:
            count = len(sheet.problems)
            problems = "a problem" if count == 1 else f"{count} problems"
            self.say(f"not applied, kept as a draft: {problems}", True)
            self.keep()
            return
        place, digest = sheet.place, sheet.opened.digest

        def work() -> Version:
            return self.shelf.accept(place, text, digest, note)

        self._clerk.do(self._settled(work), self._accepted, self._refused)

    def _accepted(self, done: Version) -> None:
        sheet = self.sheet
        text, _ = self._applied
        if sheet is not None:
            place = replace(sheet.place, name=done.name)
            self.applied.append(place)
            self._wanted = None
            findings, unknown = sheet.findings, sheet.unknown

            def then(opened: Opened) -> None:
                if self.sheet is sheet:
                    sheet.opened, sheet.seen = opened, None
                    sheet.findings, sheet.unknown = findings, unknown
                    self._host.changed()

            def work() -> Opened:
                entry = self.shelf.find(done.name)
                return self.shelf.open(entry.place)

            sheet.opened = Opened(place, text, sheet.opened.digest)
            self._clerk.do(work, then, self._trouble)
        self._written(f"{done.name} applied, version {done.number}")

    def _refused(self, error: LdTuiError) -> None:
        self._trouble(error)
        self.keep()
        sheet = self.sheet
        if sheet is None or not isinstance(error, ChangedError):
            return
        place = sheet.place

        def then(opened: Opened) -> None:
            if self.sheet is sheet:
                sheet.opened = replace(opened, draft=sheet.text)
                self.say(
                    f"{place.name} changed outside: ctrl+s again applies yours, theirs stays a "
                    "version",
                    True,
                )

        self._clerk.do(lambda: self.shelf.open(place), then, self._trouble)

    def _lay_open(self, opened: Opened) -> None:
        if self._wanted not in (None, opened.place):
            return
        text = opened.text if opened.draft is None else opened.draft
        self.sheet = Sheet(opened, text, opened.draft)
        self._typed += 1
        if opened.is_stale:
            self.say("the file changed since this draft was begun", True)
        self._host.laid_open()
        self._look_if(self._typed)

    def _look_if(self, typed: int) -> None:
        """Check the text quickly, unless something was typed since."""
        sheet = self.sheet
        if sheet is not None and typed == self._typed:
            name = sheet.place.name
            # What fails only on positions is to be seen at once where it is known to.
            sheet.is_played = name in self.stock.failing and not sheet.is_changed
            self._asked["look"] = self._engine.ask(
                "check", text=sheet.text, opened=name, play=sheet.is_played
            )

    def _keep_if(self, typed: int) -> None:
        if typed == self._typed:
            self.keep()

    def _do(self, work: Callable[[], Opened], line: str, changes_base: bool = False) -> None:
        def then(opened: Opened) -> None:
            self._lay_open(opened)
            self._written(line, changes_base)

        self._clerk.do(self._settled(work), then, self._trouble)

    def _settled(self, work: Callable[[], Any]) -> Callable[[], Any]:
        def both() -> Any:
            try:
                return work()
            finally:
                self._settle()

        return both

    def _written(self, line: str, changes_base: bool = True) -> None:
        self.say(line)
        if changes_base:
            self._host.base_changed(line)
        self.refresh()

    def _trouble(self, error: LdTuiError) -> None:
        self.say(str(error), True)

    def say(self, line: str, trouble: bool = False) -> None:
        """Tell what happened."""
        self.line, self.is_trouble = line, trouble
        self._host.changed()
