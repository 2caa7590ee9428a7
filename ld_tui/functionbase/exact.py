"""What an index of manuals is, and the exact one: every distance, by numpy."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ld_tui.functionbase.embedding import Vectors


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """What the index knows of a manual."""

    side: str
    stage: str
    name: str
    text: str
    """What is embedded."""

    @property
    def key(self) -> list[str]:
        """The entry as the manifest lists it: side, stage, name, hash of the text."""
        return [self.side, self.stage, self.name, digest(self.text.encode())]


@dataclass(frozen=True, slots=True)
class Hit:
    """One of the nearest manuals."""

    name: str
    distance: float
    """Angular, sqrt(2 - 2 cos) of the embeddings: 0 for the same direction, 2 for opposite."""


class Index(Protocol):
    """Finds the nearest manuals of a stage."""

    @property
    def notice(self) -> str | None:
        """One line for the user where exact search stands in for Annoy; else None."""
        ...

    def nearest(self, side: str, stage: str, vector: Vectors, k: int) -> list[Hit]:
        """Return the at most k manuals of a stage nearest to a unit vector, nearest first.

        Ties go by name.
        """
        ...


class ExactIndex:
    """Exact search by numpy."""

    def __init__(self, entries: Sequence[Entry], vectors: Vectors, notice: str | None) -> None:
        """`vectors` are the entries' embeddings, in their order."""
        self.notice = notice
        rows: dict[tuple[str, str], list[int]] = {}
        for row, entry in enumerate(entries):
            rows.setdefault((entry.side, entry.stage), []).append(row)
        self._groups = {
            group: ([entries[row].name for row in found], vectors[found])
            for group, found in rows.items()
        }

    def nearest(self, side: str, stage: str, vector: Vectors, k: int) -> list[Hit]:
        """Return the nearest of a stage; see `Index`."""
        if k < 1 or (side, stage) not in self._groups:
            return []
        names, vectors = self._groups[side, stage]
        return ranked(names, vectors, vector, k)


def ranked(names: Sequence[str], vectors: Vectors, query: Vectors, k: int) -> list[Hit]:
    """Return the at most k nearest as hits, nearest first, ties by name."""
    distances = np.linalg.norm(vectors - query, axis=1)
    rows = np.arange(len(names))
    if k < len(names):
        rows = rows[distances <= np.partition(distances, k - 1)[k - 1] + 1e-6]
    hits = [Hit(names[row], round(float(distances[row]), 6)) for row in rows.tolist()]
    return sorted(hits, key=lambda hit: (hit.distance, hit.name))[:k]


def digest(data: bytes) -> str:
    """Return a hash to tell contents apart by."""
    return hashlib.sha256(data).hexdigest()[:32]
