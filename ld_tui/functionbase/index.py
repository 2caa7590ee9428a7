"""Nearest manuals by Annoy: one index of all stages, checked before it is trusted.

A manual's vector is its unit embedding followed by W times a one-hot of its (side, stage), and a
query's likewise; with W * W > 2 even the farthest manual of the asked stage is nearer than any
other's. Annoy is compiled where it is installed and is known to go wrong quietly, so a child
process tests it before the first use, recall against exact search is measured with every build,
and where either fails exact search takes over, with a line that says so. The index is a file
beside a manifest that is written last; what is stale or corrupt is built anew.
"""

import os
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from ld_tui.functionbase.annoy_check import annoy_library, run_self_test
from ld_tui.functionbase.embedding import Embedder, Vectors
from ld_tui.functionbase.exact import Entry, ExactIndex, Hit, Index, digest, ranked
from ld_tui.paths import atomic_write

FORMAT = 1
"""Of the manifest; another number means another program's, and the index is built anew."""
WEIGHT = 1.5
"""W above; its square has to be over 2."""
SEED = 20260101
_QUERIES = 32
"""Of either kind a stage, to measure recall with: manuals nudged, and random directions."""
_MEASURED_K = 8


@dataclass(frozen=True, slots=True)
class Options:
    """How an index is built."""

    trees: int = 16
    recall: float = 0.99
    """The least share of the true nearest that an index has to find; exact search if it can't."""
    self_test: Sequence[str] = (
        sys.executable,
        "-c",
        "from ld_tui.functionbase.index import self_test; self_test()",
    )
    """The command that tests Annoy in a process of its own: status 0 if it is sound."""


class AnnoyIndex:
    """Approximate search by an Annoy index that has passed its checks."""

    notice = None

    def __init__(self, entries: Sequence[Entry], annoy: Any, dims: int, search_k: int) -> None:
        """`annoy` is a loaded or built index of the entries in their order."""
        self._entries = entries
        self._annoy = annoy
        self._dims = dims
        self._search_k = search_k
        self._groups = _groups(entries)
        self._sizes = dict.fromkeys(self._groups, 0)
        for entry in entries:
            self._sizes[entry.side, entry.stage] += 1

    def nearest(self, side: str, stage: str, vector: Vectors, k: int) -> list[Hit]:
        """Return the nearest of a stage; see `Index`."""
        group = (side, stage)
        count = min(k, self._sizes.get(group, 0))
        if count < 1:
            return []
        query = np.zeros(self._dims + len(self._groups), dtype=np.float32)
        query[: self._dims] = vector
        query[self._dims + self._groups[group]] = WEIGHT
        found = self._of(group, query, count, self._search_k)
        if len(found) < count:
            # A small stage among large ones can be missed; so Annoy looks at everything.
            found = self._of(group, query, count, len(self._entries) * self._annoy.get_n_trees())
        vectors = np.array(
            [self._annoy.get_item_vector(item)[: self._dims] for item in found], dtype=np.float32
        )
        return ranked([self._entries[item].name for item in found], vectors, vector, count)

    def _of(self, group: tuple[str, str], query: Vectors, count: int, search_k: int) -> list[int]:
        """Return what Annoy finds of the stage; it may find fewer than there are."""
        return [
            item
            for item in self._annoy.get_nns_by_vector(query.tolist(), count, search_k)
            if (self._entries[item].side, self._entries[item].stage) == group
        ]


def open_index(
    entries: Sequence[Entry],
    embedder: Embedder,
    folders: Sequence[Path],
    options: Options | None = None,
    rebuild: bool = False,
) -> Index:
    """Open the index of these entries, building it where there is none that fits.

    It is looked for in each folder in turn and written to the first that can be written; where
    none can, it lives in memory. What an old index holds of unchanged texts is not embedded
    again. Raises ModelError where the embedder fails.
    """
    options = options or Options()
    entries = sorted(entries)
    library = annoy_library()
    if library is None:
        return _exact(entries, embedder, "it is not installed")
    wanted = _header(embedder, library, options)
    known: dict[str, Vectors] = {}
    for folder in () if rebuild else folders:
        stored = _read(folder, wanted)
        if stored is None:
            continue
        if stored.manifest["manuals"] == [entry.key for entry in entries]:
            return AnnoyIndex(entries, stored.annoy, embedder.dims, stored.manifest["search_k"])
        known = known or stored.vectors()
    # Where an old index fits this library, the library passed when that was built.
    problem = None if known else run_self_test(options.self_test)
    if problem:
        return _exact(entries, embedder, f"it failed its self-test ({problem})")
    vectors = _embed(entries, embedder, known)
    annoy = _build(_extended(entries, vectors), options.trees)
    search_k, recall = _tune(entries, vectors, annoy, options)
    if recall < options.recall:
        reason = f"its recall is only {recall:.2f}"
        return ExactIndex(entries, vectors, _notice(reason))
    manifest = wanted | {"search_k": search_k, "recall": round(recall, 4)}
    manifest["manuals"] = [entry.key for entry in entries]
    for folder in folders:
        if _write(folder, annoy, manifest):
            break
    return AnnoyIndex(entries, annoy, embedder.dims, search_k)


# The self-test


def self_test() -> None:
    """Build, save, load and query a small random index; exit with a line if Annoy is unsound."""
    rng = np.random.default_rng(SEED)
    vectors = _random_units(rng, 300, 24)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "index.ann")
        _build(vectors, 8).save(path)
        loaded = _new(24)
        loaded.load(path)
        for query in _random_units(rng, 20, 24):
            found = loaded.get_nns_by_vector(query.tolist(), 10, 300 * 8)
            if len(set(found)) != 10:
                sys.exit(f"asked for 10 neighbors it gave {len(set(found))}")
            true = np.sort(vectors @ query)[::-1][:10]
            if not np.allclose(vectors[found] @ query, true, atol=1e-5):
                sys.exit("its neighbors are not the nearest")


# The files


@dataclass(frozen=True, slots=True)
class _Stored:
    """An index on disk whose manifest fits this embedder, this Annoy and these options."""

    manifest: dict[str, Any]
    annoy: Any

    def vectors(self) -> dict[str, Vectors]:
        """Return the embeddings it holds, by the hash of their text."""
        dims = self.manifest["dims"]
        return {
            entry[3]: np.array(self.annoy.get_item_vector(item)[:dims], dtype=np.float32)
            for item, entry in enumerate(self.manifest["manuals"])
        }


def _header(embedder: Embedder, library: Path, options: Options) -> dict[str, Any]:
    """Return the part of a manifest that an index must match to be of any use."""
    return {
        "format": FORMAT,
        "embedder": embedder.name,
        "dims": embedder.dims,
        "fingerprint": embedder.fingerprint,
        "annoy": digest(library.read_bytes()),
        "trees": options.trees,
    }


def _read(folder: Path, wanted: dict[str, Any]) -> _Stored | None:
    """Return the index in a folder if it is whole and fits, else None."""
    path = folder / "index.ann"
    try:
        manifest = tomllib.loads((folder / "index.toml").read_text(encoding="utf-8"))
        if any(manifest.get(key) != value for key, value in wanted.items()):
            return None
        groups = {(entry[0], entry[1]) for entry in manifest["manuals"]}
        before = path.stat()
        if manifest["sha256"] != digest(path.read_bytes()):
            return None
        annoy = _new(manifest["dims"] + len(groups))
        annoy.load(str(path))
        # Between hashing and loading another process may have put its own there.
        whole = path.stat().st_ino == before.st_ino
        counts = annoy.get_n_items() == len(manifest["manuals"]) and manifest["search_k"] > 0
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return _Stored(manifest, annoy) if whole and counts else None


def _write(folder: Path, annoy: Any, manifest: dict[str, Any]) -> bool:
    """Write an index and then its manifest; return whether the folder took them."""
    temporary = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".index.ann-", dir=folder)
        os.close(handle)
        annoy.save(temporary)
        content = digest(Path(temporary).read_bytes())
        os.chmod(temporary, 0o644)
        os.replace(temporary, folder / "index.ann")
        atomic_write(folder / "index.toml", tomli_w.dumps(manifest | {"sha256": content}))
    except OSError:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        return False
    return True


# Building


def _new(dims: int) -> Any:
    # Imported with the first index: the child process has to have tried it before.
    from annoy import AnnoyIndex as Annoy

    return Annoy(dims, "angular")


def _build(vectors: Vectors, trees: int) -> Any:
    annoy = _new(vectors.shape[1])
    annoy.set_seed(SEED)
    for item, vector in enumerate(vectors):
        annoy.add_item(item, vector.tolist())
    annoy.build(trees, n_jobs=1)
    return annoy


def _groups(entries: Sequence[Entry]) -> dict[tuple[str, str], int]:
    """Return the place of each (side, stage) in the one-hot."""
    groups = sorted({(entry.side, entry.stage) for entry in entries})
    return {group: place for place, group in enumerate(groups)}


def _extended(entries: Sequence[Entry], vectors: Vectors) -> Vectors:
    """Return the vectors with W times the one-hot of their stage appended."""
    groups = _groups(entries)
    tails = np.zeros((len(entries), len(groups)), dtype=np.float32)
    for row, entry in enumerate(entries):
        tails[row, groups[entry.side, entry.stage]] = WEIGHT
    return np.concatenate([vectors, tails], axis=1)


def _embed(entries: Sequence[Entry], embedder: Embedder, known: dict[str, Vectors]) -> Vectors:
    """Return the entries' embeddings, [n, dims], taking those of known texts from before."""
    vectors = np.zeros((len(entries), embedder.dims), dtype=np.float32)
    fresh = []
    for row, entry in enumerate(entries):
        old = known.get(entry.key[3])
        if old is None:
            fresh.append(row)
        else:
            vectors[row] = old
    if fresh:
        vectors[fresh] = embedder.embed([entries[row].text for row in fresh])
    return vectors


def _exact(entries: Sequence[Entry], embedder: Embedder, reason: str) -> ExactIndex:
    return ExactIndex(entries, _embed(entries, embedder, {}), _notice(reason))


def _notice(reason: str) -> str:
    return f"retrieval is exact, without Annoy: {reason}; the README says how to reinstall it"


def _tune(
    entries: Sequence[Entry], vectors: Vectors, annoy: Any, options: Options
) -> tuple[int, float]:
    """Return the least doubling of search_k that reaches the wanted recall, and that recall.

    It is that of the worst stage. Annoy looks at everything where search_k is the number of
    manuals times that of trees.
    """
    if not entries:
        return 1, 1.0
    exact = ExactIndex(entries, vectors, None)
    asked = [
        (*group, query, exact.nearest(*group, query, _MEASURED_K))
        for group in _groups(entries)
        for query in _queries(group, entries, vectors)
    ]
    search_k = _MEASURED_K * options.trees
    while True:
        index = AnnoyIndex(entries, annoy, vectors.shape[1], search_k)
        found = dict.fromkeys(_groups(entries), 0)
        total = dict(found)
        for side, stage, query, best in asked:
            # By distance, since of equally near ones either will do.
            hits = index.nearest(side, stage, query, _MEASURED_K)
            found[side, stage] += sum(hit.distance <= best[-1].distance + 1e-5 for hit in hits)
            total[side, stage] += len(best)
        recall = min(found[group] / total[group] for group in found)
        if recall >= options.recall or search_k >= len(entries) * options.trees:
            return search_k, recall
        search_k *= 2


def _queries(group: tuple[str, str], entries: Sequence[Entry], vectors: Vectors) -> Vectors:
    """Return unit vectors to measure a stage's recall with."""
    rng = np.random.default_rng(SEED)
    own = [row for row, entry in enumerate(entries) if (entry.side, entry.stage) == group]
    drift, free = np.split(_random_units(rng, 2 * _QUERIES, vectors.shape[1]), 2)
    nudged = vectors[rng.choice(own, size=_QUERIES)] + 0.5 * drift
    nudged /= np.maximum(np.linalg.norm(nudged, axis=1, keepdims=True), 1e-12)
    queries: Vectors = np.concatenate([nudged, free]).astype(np.float32)
    return queries


def _random_units(rng: np.random.Generator, count: int, dims: int) -> Vectors:
    """Return random directions, [count, dims]."""
    drawn = rng.standard_normal((count, dims))
    units: Vectors = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return units
