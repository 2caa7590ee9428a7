"""Checks every function in use that lies on the shelf, one after the other, and keeps failures.

A function can load and still fail: never run within its time, or give what its stage doesn't take.
Who looks at the tree should see that before they open it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ld_tui.errors import LdTuiError
from ld_tui.functionbase.shelf import Entry, Shelf
from ld_tui.tui.clerk import Clerk


class Inspector:
    """One visit's look at everything."""

    def __init__(self, shelf: Shelf, clerk: Clerk, check: Callable[[str, str], None]) -> None:
        """`check` has a text checked whole as a function's content; `heard` takes the answer."""
        self._shelf, self._clerk, self._check = shelf, clerk, check
        self._known: dict[str, tuple[str, str]] = {}
        """By name: the digest of the text that was checked last, and its first problem."""
        self._entries: tuple[Entry, ...] = ()
        self._under_way: Entry | None = None
        self._is_begun = False

    @property
    def failing(self) -> Mapping[str, str]:
        """Return the first problem of each function that fails, by name."""
        found = {}
        for entry in self._entries:
            digest, problem = self._known.get(entry.name, ("", ""))
            if problem and entry.manual is not None and entry.manual.digest == digest:
                found[entry.name] = problem
        return found

    def begin(self) -> None:
        """Begin to check."""
        self._is_begun = True
        self._next()

    def take(self, entries: Iterable[Entry]) -> None:
        """Take what there is now; what has changed is checked anew."""
        self._entries = tuple(entries)
        self._next()

    def heard(self, message: Mapping[str, Any]) -> bool:
        """Take the answer to a check; tell whether that function fails, or no longer does."""
        entry, self._under_way = self._under_way, None
        if entry is None or entry.manual is None or message.get("event") != "report":
            # An engine that can't check is asked no more in this visit.
            self._is_begun = False
            return False
        before = self.failing
        problems = [each["detail"] for each in message["findings"] if not each["passed"]]
        self._known[entry.name] = (entry.manual.digest, problems[0] if problems else "")
        self._next()
        return self.failing != before

    def _next(self) -> None:
        if not self._is_begun or self._under_way is not None:
            return
        for entry in self._entries:
            manual = entry.manual
            if manual is None or entry.is_disabled:
                continue
            if self._known.get(entry.name, ("",))[0] != manual.digest:
                self._under_way = entry
                self._ask(entry)
                return

    def _ask(self, entry: Entry) -> None:
        def failed(_: LdTuiError) -> None:
            # It is gone since; what there is comes anew.
            self._under_way = None

        self._clerk.do(
            lambda: self._shelf.open(entry.place).text,
            lambda text: self._check(text, entry.name),
            failed,
        )
