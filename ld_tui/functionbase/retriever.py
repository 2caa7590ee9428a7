"""Eq. 2: the top-K manuals of a stage for a state, by the nearness of their texts.

It knows names and texts only. Importing this module is light: the index, the embedding model and
their libraries load with the first retriever that is opened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.store import FunctionBase, Stage

if TYPE_CHECKING:
    from ld_tui.functionbase.embedding import Embedder
    from ld_tui.functionbase.exact import Entry, Index


@dataclass(frozen=True, slots=True)
class Candidate:
    """A manual that the retriever found."""

    manual: Manual
    distance: float
    """Angular, sqrt(2 - 2 cos) of the embeddings of query and manual; smaller is nearer."""


class Retriever:
    """Finds the manuals of a stage that are nearest to a query."""

    def __init__(self, base: FunctionBase, embedder: "Embedder", index: "Index") -> None:
        """`index` has to be of this base's manuals, made with this embedder."""
        self.base = base
        self.embedder = embedder
        self._index = index
        self._manuals = {
            (manual.side, manual.stage, manual.name): manual for manual in base.manuals
        }

    @property
    def notice(self) -> str | None:
        """One line for the user where exact search stands in for Annoy; else None."""
        return self._index.notice

    def retrieve(self, stage: Stage, query: str, k: int) -> list[Candidate]:
        """Return the at most k manuals of a stage nearest to a query, nearest first.

        An agent's query is `f"{stage.question} {state_text}"`. Ties go by name. Raises ModelError
        where the embedding model fails.
        """
        vector = self.embedder.embed([query])[0]
        return [
            Candidate(self._manuals[stage.side, stage.name, hit.name], hit.distance)
            for hit in self._index.nearest(stage.side, stage.name, vector, k)
        ]

    def place(self, query: str, manuals: Sequence[Manual]) -> list[Candidate]:
        """Return manuals that are in no index with their distances from a query, in their order."""
        if not manuals:
            return []
        vectors = self.embedder.embed([query, *(manual.text for manual in manuals)])
        cosines = vectors[1:] @ vectors[0]
        return [
            Candidate(manual, float(max(0.0, 2 - 2 * float(cosine)) ** 0.5))
            for manual, cosine in zip(manuals, cosines, strict=True)
        ]

    def search(self, text: str, k: int) -> list[Candidate]:
        """Return the at most k manuals of any stage nearest to a text, nearest first."""
        found = [
            candidate for stage in self.base.stages for candidate in self.retrieve(stage, text, k)
        ]
        return sorted(found, key=lambda each: (each.distance, each.manual.name))[:k]


def open_retriever(
    base: FunctionBase,
    embedder_spec: str | Path,
    cache: Path | None = None,
    rebuild: bool = False,
) -> Retriever:
    """Open a retriever over a function base, building its index where none fits.

    The index lies in the base's folder, or under `cache` where that folder can't be written;
    `rebuild` makes it anew in any case. Raises ModelError where the embedding model can't be
    loaded, and FunctionBaseError for an empty base.
    """
    from ld_tui.functionbase.embedding import load_embedder
    from ld_tui.functionbase.index import open_index

    if not base.manuals:
        raise FunctionBaseError(f"{base.folder}: no usable manual in it; see `functions check`")
    embedder = load_embedder(embedder_spec)
    folders = [base.folder]
    if cache is not None:
        place = sha256(str(base.folder.resolve()).encode()).hexdigest()[:16]
        folders.append(cache / f"index-{place}")
    index = open_index(entries_of(base.manuals), embedder, folders, rebuild=rebuild)
    return Retriever(base, embedder, index)


def entries_of(manuals: Sequence[Manual]) -> list["Entry"]:
    """Return what an index needs to know of manuals."""
    from ld_tui.functionbase.exact import Entry

    return [Entry(each.side, each.stage, each.name, each.text) for each in manuals]
