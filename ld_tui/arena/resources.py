"""The heavy parts that players think with, each loaded once, on first use.

Imports of what is slow to import are inside the methods that need it: a `random` player must not
wait for an embedding model.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ld_tui import paths
from ld_tui.game.rules import Position

if TYPE_CHECKING:
    from ld_tui.agent.emergency import Author
    from ld_tui.agent.loop import Agent
    from ld_tui.functionbase.retriever import Retriever
    from ld_tui.functionbase.store import FunctionBase, Stage
    from ld_tui.llm.completer import Completer
    from ld_tui.llm.selector import Selector
    from ld_tui.sandbox.run import Sandbox
    from ld_tui.tablebase.table import Table
    from ld_tui.tablebase.tables import Tables
    from ld_tui.tablebase.world import World

Progress = Callable[[float], None]
AuthorMaker = Callable[["Resources"], "Author"]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the parts come from; None is what ships with the program, or the user's own."""

    functionbase: Path | None = None
    """Folder of the function base."""
    model: Path | str | None = None
    """The S-LLM: a GGUF file, or the URL of an OpenAI-compatible server."""
    embedder: str | None = None
    """The retriever's embedding model: a folder or a name that sentence-transformers knows."""
    cache: Path | None = None
    """Folder for tables and indexes."""
    author: "AuthorMaker | None" = None
    """Makes who writes functions in emergencies; None: nobody does. A function of a module, so that
    it can be sent to other processes."""


@dataclass(slots=True)
class Resources:
    """Loads parts on demand and keeps them; close it to end the sandbox's process.

    Methods may be called from several threads. A part that can't be loaded raises its own error
    each time it is asked for.
    """

    sources: Sources = field(default_factory=Sources)
    notices: list[str] = field(default_factory=list)
    """One line for each part that works otherwise than it should."""
    _tables: "Tables | None" = None
    _agents: dict[bool, "Agent"] = field(default_factory=dict)
    _base: "FunctionBase | None" = None
    _retriever: "Retriever | None" = None
    _selector: "Selector | None" = None
    _kd: "Completer | None" = None
    _completers: "dict[str, Completer]" = field(default_factory=dict)
    _sandbox: "Sandbox | None" = None
    _table_lock: threading.Lock = field(default_factory=threading.Lock)
    _model_lock: threading.RLock = field(default_factory=threading.RLock)
    """Of language models, which take long to load: all else is to be had meanwhile."""
    _agent_lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def cache(self) -> Path:
        return self.sources.cache or paths.cache_dir()

    def functionbase(self) -> "FunctionBase":
        """Return the function base. Raises FunctionBaseError where there is none."""
        from ld_tui.functionbase.store import load

        with self._agent_lock:
            if self._base is None:
                self._base = load(self.functionbase_folder())
                self.notices.extend(map(str, self._base.problems))
            return self._base

    def functionbase_folder(self) -> Path:
        """Return the folder of the function base as it is now: a user's own may come to be."""
        return self.sources.functionbase or paths.functionbase_dir()

    def retriever(self) -> "Retriever":
        """Return the retriever over the function base.

        Raises FunctionBaseError or ModelError where it can't be opened.
        """
        from ld_tui.functionbase.retriever import open_retriever

        with self._agent_lock:
            if self._retriever is None:
                embedder = self.sources.embedder or paths.SHIPPED_EMBEDDER
                self._retriever = open_retriever(self.functionbase(), embedder, self.cache)
                if self._retriever.notice:
                    self.notices.append(self._retriever.notice)
            return self._retriever

    def selector(self) -> "Selector":
        """Return the S-LLM. Raises ModelError where it can't be loaded."""
        from ld_tui.llm.selector import load_selector

        with self._model_lock:
            if self._selector is None:
                self._selector = load_selector(self.sources.model or paths.SHIPPED_SELECTOR)
            return self._selector

    def kd(self) -> "Completer":
        """Return the KD baseline's model. Raises ModelError where it can't be loaded."""
        from ld_tui.llm.completer import load_completer

        with self._model_lock:
            if self._kd is None:
                self._kd = load_completer(paths.SHIPPED_KD)
            return self._kd

    def completer(self, spec: str) -> "Completer":
        """Return a model that is asked for moves: a GGUF file or a server's URL.

        Raises ModelError where it can't be loaded or doesn't answer.
        """
        from ld_tui.llm.completer import load_completer

        with self._model_lock:
            if spec not in self._completers:
                self._completers[spec] = load_completer(spec)
            return self._completers[spec]

    def agent(self, with_llm: bool = True) -> "Agent":
        """Return an LD agent; one without an S-LLM only selects at random, or the first.

        Raises FunctionBaseError, ModelError or SandboxError where a part can't be loaded.
        """
        from ld_tui.agent.loop import Agent

        selector = self.selector() if with_llm else None
        with self._agent_lock:
            if with_llm not in self._agents:
                base, retriever = self.functionbase(), self.retriever()
                sandbox = self.sandbox()

                def stages(side: str) -> tuple["Stage", ...]:
                    return tuple(base.stages_of(side))

                author = self.sources.author(self) if self.sources.author else None
                self._agents[with_llm] = Agent(stages, retriever, sandbox, selector, author=author)
            return self._agents[with_llm]

    def reload(self) -> None:
        """Forget the function base and what was made from it; the S-LLM stays."""
        with self._agent_lock:
            self._agents.clear()
            self._base = self._retriever = None
            self.notices.clear()

    def table(self, position: Position, progress: Progress | None = None) -> "Table":
        """Return the exact values of the world that a position lies in.

        `progress` is told the part done, 0 to 1, where they have to be solved first. Raises
        TablebaseError where the board is too large.
        """
        with self._table_lock:
            tables = self._opened()
            tables.progress = progress
            try:
                return tables.for_position(position)
            finally:
                tables.progress = None

    def is_solved(self, position: Position) -> bool:
        """Tell whether `table` has the world of a position without solving it."""
        with self._table_lock:
            return self._opened().knows(position)

    def _opened(self) -> "Tables":
        from ld_tui.tablebase.tables import Tables

        if self._tables is None:
            self._tables = Tables(self.cache / "tables")
        return self._tables

    def table_of(self, world: "World") -> "Table":
        """Return the exact values of a world; as `table` otherwise."""
        with self._table_lock:
            return self._opened().for_world(world)

    def sandbox(self) -> "Sandbox":
        """Return the sandbox in which functions run."""
        from ld_tui.sandbox.run import Sandbox

        with self._agent_lock:
            if self._sandbox is None:
                self._sandbox = Sandbox()
            return self._sandbox

    def close(self) -> None:
        """End the sandbox's process; the parts are loaded anew if asked for again."""
        # A thread that is still loading must not delay the end of the program.
        if not self._agent_lock.acquire(timeout=0.5):
            return
        try:
            self._agents.clear()
            if self._sandbox is not None:
                self._sandbox.close()
                self._sandbox = None
        finally:
            self._agent_lock.release()


def needs_llm(select: str) -> bool:
    """Tell whether a way of selecting asks the S-LLM."""
    return select == "s-llm"
