"""The index: exact where it can be checked, never trusted where it can't."""

import hashlib
import os
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ld_tui.functionbase.annoy_check import annoy_library, run_self_test
from ld_tui.functionbase.embedding import Vectors
from ld_tui.functionbase.exact import Entry, ExactIndex, Index
from ld_tui.functionbase.index import AnnoyIndex, Options, open_index

GROUPS = [("blue", "plan"), ("blue", "move"), ("orange", "plan")]
NO_TEST = (sys.executable, "-c", "")
"""A self-test that passes at once; Annoy's own is tried apart."""
QUICK = Options(self_test=NO_TEST)


class HashedEmbedder:
    """A direction a text, by its hash; counts what it is asked."""

    def __init__(self, dims: int = 16, fingerprint: str = "one") -> None:
        self.name = "hashed"
        self.dims = dims
        self.fingerprint = fingerprint
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        rows = [
            np.random.default_rng(int.from_bytes(hashlib.sha256(t.encode()).digest()[:8], "big"))
            for t in texts
        ]
        drawn = np.array([row.standard_normal(self.dims) for row in rows]).reshape(-1, self.dims)
        return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def entries(count: int) -> list[Entry]:
    """Make manuals spread unevenly over three stages, not in order."""
    made = [Entry(*GROUPS[n % 7 % 3], f"f{n:05}", f"text {n}") for n in range(count)]
    return made[::-1]


def vector(text: str, dims: int = 16) -> Vectors:
    return HashedEmbedder(dims).embed([text])[0]


def exact(count: int, dims: int = 16) -> ExactIndex:
    made = entries(count)
    return ExactIndex(made, HashedEmbedder(dims).embed([entry.text for entry in made]), None)


def same(index: Index, other: Index, queries: int, k: int, dims: int = 16) -> float:
    """Return the share of neighbors on which two indexes agree."""
    found = total = 0
    for number in range(queries):
        for group in GROUPS:
            query = vector(f"query {number}", dims)
            one = {hit.name for hit in index.nearest(*group, query, k)}
            two = {hit.name for hit in other.nearest(*group, query, k)}
            found, total = found + len(one & two), total + len(two)
    return found / total


@pytest.mark.parametrize("count", [1, 2, 3, 27, 300])
def test_small_index_is_exact_in_every_stage(tmp_path: Path, count: int) -> None:
    index = open_index(entries(count), HashedEmbedder(), [tmp_path], QUICK)
    assert isinstance(index, AnnoyIndex)
    assert index.notice is None
    for number in range(10):
        for group in GROUPS:
            query = vector(f"query {number}")
            assert index.nearest(*group, query, 5) == exact(count).nearest(*group, query, 5)


def test_hits_are_of_the_stage_and_nearest_first(tmp_path: Path) -> None:
    made = entries(60)
    index = open_index(made, HashedEmbedder(), [tmp_path], QUICK)
    stage_of = {entry.name: (entry.side, entry.stage) for entry in made}
    hits = index.nearest("blue", "move", vector("text 8"), 100)
    assert {stage_of[hit.name] for hit in hits} == {("blue", "move")}
    assert len(hits) == sum(group == ("blue", "move") for group in stage_of.values())
    assert [hit.distance for hit in hits] == sorted(hit.distance for hit in hits)
    assert (hits[0].name, hits[0].distance) == ("f00008", 0.0)
    cosine = float(vector(f"text {int(hits[1].name[1:])}") @ vector("text 8"))
    assert hits[1].distance == pytest.approx((2 - 2 * cosine) ** 0.5, abs=1e-5)


def test_even_opposite_manuals_come_before_another_stages(tmp_path: Path) -> None:
    class Poles(HashedEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:
            return np.array([[1, 0] if t == "same" else [-1, 0] for t in texts], dtype=np.float32)

    made = [Entry("blue", "plan", f"far{n}", "opposite") for n in range(3)]
    made += [Entry("orange", "plan", f"near{n}", "same") for n in range(300)]
    index = open_index(made, Poles(2), [tmp_path], QUICK)
    hits = index.nearest("blue", "plan", np.array([1, 0], dtype=np.float32), 5)
    assert [(hit.name, hit.distance) for hit in hits] == [(f"far{n}", 2.0) for n in range(3)]


def test_nothing_to_find_is_no_error(tmp_path: Path) -> None:
    index = open_index(entries(5), HashedEmbedder(), [tmp_path], QUICK)
    assert index.nearest("orange", "move", vector("x"), 5) == []
    assert index.nearest("blue", "plan", vector("x"), 0) == []
    empty = open_index([], HashedEmbedder(), [tmp_path / "empty"], QUICK)
    assert empty.nearest("blue", "plan", vector("x"), 5) == []


def test_ten_thousand_manuals_reach_the_recall(tmp_path: Path) -> None:
    options = Options(trees=8, self_test=NO_TEST)
    index = open_index(entries(10_000), HashedEmbedder(24), [tmp_path], options)
    manifest = tomllib.loads((tmp_path / "index.toml").read_text())
    assert manifest["recall"] >= 0.99
    assert same(index, exact(10_000, 24), 5, 8, 24) >= 0.95


def test_manifest_says_what_the_index_is(tmp_path: Path) -> None:
    open_index(entries(4), HashedEmbedder(), [tmp_path], QUICK)
    manifest = tomllib.loads((tmp_path / "index.toml").read_text())
    assert (manifest["format"], manifest["embedder"], manifest["dims"]) == (1, "hashed", 16)
    assert [entry[:3] for entry in manifest["manuals"]] == [
        ["blue", "move", "f00001"],
        ["blue", "plan", "f00000"],
        ["blue", "plan", "f00003"],
        ["orange", "plan", "f00002"],
    ]
    assert (
        manifest["sha256"] == hashlib.sha256((tmp_path / "index.ann").read_bytes()).hexdigest()[:32]
    )


def test_builds_are_deterministic(tmp_path: Path) -> None:
    for place in ("one", "two"):
        open_index(entries(200), HashedEmbedder(), [tmp_path / place], QUICK)
    for file in ("index.ann", "index.toml"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_fresh_index_is_opened_without_embedding_or_testing(tmp_path: Path) -> None:
    open_index(entries(30), HashedEmbedder(), [tmp_path], QUICK)
    embedder = HashedEmbedder()
    broken = Options(self_test=(sys.executable, "-c", "raise SystemExit(1)"))
    index = open_index(entries(30), embedder, [tmp_path], broken)
    assert embedder.asked == []
    assert same(index, exact(30), 3, 5) == 1


def test_changed_manual_is_embedded_alone(tmp_path: Path) -> None:
    open_index(entries(30), HashedEmbedder(), [tmp_path], QUICK)
    made = [entry for entry in entries(30) if entry.name != "f00004"]
    made += [Entry("blue", "plan", "new", "a new text")]
    embedder = HashedEmbedder()
    index = open_index(made, embedder, [tmp_path], QUICK)
    assert embedder.asked == ["a new text"]
    assert index.nearest("blue", "plan", vector("a new text"), 1)[0].name == "new"
    assert "f00004" not in {hit.name for hit in index.nearest("blue", "move", vector("x"), 99)}
    again = HashedEmbedder()
    open_index(made, again, [tmp_path], QUICK)
    assert again.asked == []


def test_another_model_makes_it_anew(tmp_path: Path) -> None:
    open_index(entries(9), HashedEmbedder(), [tmp_path], QUICK)
    for other in (HashedEmbedder(fingerprint="two"), HashedEmbedder(dims=8)):
        open_index(entries(9), other, [tmp_path], QUICK)
        assert len(other.asked) == 9


def test_rebuild_trusts_nothing(tmp_path: Path) -> None:
    open_index(entries(9), HashedEmbedder(), [tmp_path], QUICK)
    embedder = HashedEmbedder()
    open_index(entries(9), embedder, [tmp_path], QUICK, rebuild=True)
    assert len(embedder.asked) == 9


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: flip(folder / "index.ann"),
        lambda folder: (folder / "index.ann").write_bytes(b""),
        lambda folder: (folder / "index.ann").unlink(),
        lambda folder: (folder / "index.toml").unlink(),
        lambda folder: (folder / "index.toml").write_bytes(b"\xff\xfe"),
        lambda folder: (folder / "index.toml").write_text("format = 1\n"),
        lambda folder: (folder / "index.toml").write_text(
            (folder / "index.toml").read_text().replace("format = 1", "format = 2")
        ),
    ],
    ids=["flipped", "empty", "gone", "no manifest", "garbage", "short manifest", "newer"],
)
def test_corrupt_index_is_rebuilt(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    open_index(entries(30), HashedEmbedder(), [tmp_path], QUICK)
    damage(tmp_path)
    embedder = HashedEmbedder()
    index = open_index(entries(30), embedder, [tmp_path], QUICK)
    assert len(embedder.asked) == 30
    assert same(index, exact(30), 3, 5) == 1
    again = HashedEmbedder()
    open_index(entries(30), again, [tmp_path], QUICK)
    assert again.asked == []


def test_index_goes_where_it_can_be_written(tmp_path: Path) -> None:
    # A file where the folder should be refuses even root.
    (tmp_path / "base").write_text("")
    folders = [tmp_path / "base", tmp_path / "cache" / "index"]
    open_index(entries(9), HashedEmbedder(), folders, QUICK)
    assert sorted(os.listdir(folders[1])) == ["index.ann", "index.toml"]
    embedder = HashedEmbedder()
    open_index(entries(9), embedder, folders, QUICK)
    assert embedder.asked == []


def test_index_lives_in_memory_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "base").write_text("")
    index = open_index(entries(30), HashedEmbedder(), [tmp_path / "base"], QUICK)
    assert isinstance(index, AnnoyIndex)
    assert same(index, exact(30), 3, 5) == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise SystemExit('asked for 10 neighbors it gave 1')", "it gave 1"),
        ("import os; os.abort()", "died by SIGABRT"),
        ("import os; os._exit(3)", "status 3"),
    ],
    ids=["wrong", "dies", "mute"],
)
def test_failed_self_test_means_exact_search_and_a_line(
    tmp_path: Path, code: str, said: str
) -> None:
    options = Options(self_test=(sys.executable, "-c", code))
    index = open_index(entries(30), HashedEmbedder(), [tmp_path], options)
    assert index.notice is not None
    assert said in index.notice
    assert "\n" not in index.notice
    assert same(index, exact(30), 3, 5) == 1
    assert not list(tmp_path.iterdir())


def test_unreached_recall_means_exact_search_and_a_line(tmp_path: Path) -> None:
    index = open_index(entries(30), HashedEmbedder(), [tmp_path], Options(1, 1.5, NO_TEST))
    assert index.notice is not None
    assert "recall" in index.notice
    assert same(index, exact(30), 3, 5) == 1
    assert not list(tmp_path.iterdir())


def test_this_machines_annoy_passes_its_self_test() -> None:
    assert run_self_test(Options().self_test) is None
    library = annoy_library()
    assert library is not None
    assert library.is_file()


def test_hanging_self_test_is_ended() -> None:
    command = (sys.executable, "-c", "import time; time.sleep(60)")
    assert run_self_test(command, timeout=0.2) == "no answer in 0 s"


def test_ties_go_by_name(tmp_path: Path) -> None:
    made = [Entry("blue", "plan", name, "the same text") for name in "dbace"]
    index = open_index(made, HashedEmbedder(), [tmp_path], QUICK)
    hits = index.nearest("blue", "plan", vector("x"), 5)
    assert [hit.name for hit in hits] == list("abcde")
