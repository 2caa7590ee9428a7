"""What the engine does for whoever edits functions: checks a text, searches, counts uses.

Each method returns the terminal message of its request.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ld_tui.arena.resources import Resources
from ld_tui.engine.protocol import Check, Search, Usage

if TYPE_CHECKING:
    from ld_tui.sandbox.run import Sandbox

Message = dict[str, Any]


class Desk:
    """Works for one thread. Its sandbox is its own: the agent's may be in use."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._sandbox: Sandbox | None = None

    def check(self, job: Check) -> Message:
        """Look at a text whole. The base is read anew: the files may be newer than the agent."""
        from ld_tui.authoring.check import POSITIONS
        from ld_tui.authoring.review import review
        from ld_tui.functionbase.store import load
        from ld_tui.sandbox.run import Sandbox

        if self._sandbox is None:
            self._sandbox = Sandbox()
        base = load(self._resources.functionbase_folder())
        found = review(job.text, base, self._sandbox, job.opened, POSITIONS if job.play else 0)
        return {
            "id": job.id,
            "event": "report",
            "good": found.is_good,
            "findings": [asdict(finding) for finding in found.findings],
            "unknown": list(found.unknown),
        }

    def search(self, job: Search) -> Message:
        """Find functions by meaning, with the agent's own retriever."""
        found = self._resources.retriever().search(job.text, job.k)
        return {
            "id": job.id,
            "event": "found",
            "names": [candidate.manual.name for candidate in found],
            "distances": [candidate.distance for candidate in found],
        }

    def usage(self, job: Usage, going_on: Callable[[], None]) -> Message:
        """Count what saved games tell of each function."""
        from ld_tui.arena.usage import usage

        found = usage(Path(job.saves), self._resources, going_on)
        uses = {
            name: {"retrieved": use.retrieved, "chosen": use.chosen, "regret": use.regret}
            for name, use in found.items()
        }
        return {"id": job.id, "event": "usage", "functions": uses}

    def close(self) -> None:
        """End the sandbox's process."""
        if self._sandbox is not None:
            self._sandbox.close()
