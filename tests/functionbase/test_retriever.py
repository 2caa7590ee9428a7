"""Eq. 2 on real parts: a function base on disk, the shipped embedding model, Annoy."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from ld_tui.errors import FunctionBaseError, ModelError
from ld_tui.functionbase.manual import Manual, Provenance
from ld_tui.functionbase.retriever import Retriever, open_retriever
from ld_tui.functionbase.store import FunctionBase, Stage, load
from ld_tui.game.describe import state_text
from ld_tui.game.notation import parse_position
from ld_tui.paths import SHIPPED_EMBEDDER, packaged_functionbase

PLAN = Stage("blue", "plan", "Where should the three blue dots head?", "targets")
PROVENANCE = Provenance(author="test", date="2026-01-31")
FLEE = Stage("orange", "plan", "Where should the orange dot run?", "goal")
TEXTS = {
    ("blue", "plan", "press_corner"): ("Push orange into the corner.", "Orange is cornered."),
    ("blue", "plan", "fetch_far"): ("Bring the far dot nearer.", "One dot lags far behind."),
    ("blue", "plan", "hold_middle"): ("Hold the center of the board.", "Orange is far away."),
    ("orange", "plan", "make_for_corner"): ("Run to the corner.", "A corner is free."),
    ("orange", "plan", "sail"): ("Sail a boat over the sea.", "There is water."),
}


def manual(side: str, stage: str, name: str, summary: str, when: str) -> Manual:
    return Manual(
        name=name,
        side=side,
        stage=stage,
        summary=summary,
        when=when,
        origin="base",
        source=f"def {name}(state, previous):\n    return [[0, 0]]\n",
        provenance=PROVENANCE,
        examples=(),
    )


@pytest.fixture
def base(tmp_path: Path) -> FunctionBase:
    manuals = tuple(manual(*place, *texts) for place, texts in TEXTS.items())
    return FunctionBase(tmp_path / "base", (PLAN, FLEE), manuals, ())


def test_the_nearest_of_the_stage_come_with_their_distances(base: FunctionBase) -> None:
    retriever = open_retriever(base, SHIPPED_EMBEDDER)
    assert retriever.notice is None
    found = retriever.retrieve(FLEE, "a ship on the ocean", 5)
    assert [each.manual.name for each in found] == ["sail", "make_for_corner"]
    query, text = retriever.embedder.embed(["a ship on the ocean", found[0].manual.text])
    assert found[0].distance == pytest.approx((2 - 2 * float(query @ text)) ** 0.5, abs=1e-4)
    assert retriever.retrieve(PLAN, "corner", 1)[0].manual.name == "press_corner"


def test_k_bounds_what_is_found(base: FunctionBase) -> None:
    retriever = open_retriever(base, SHIPPED_EMBEDDER)
    assert [len(retriever.retrieve(PLAN, "far", k)) for k in (0, 1, 2, 9)] == [0, 1, 2, 3]
    assert retriever.retrieve(Stage("blue", "move", "?", "destinations"), "far", 3) == []


def test_search_looks_in_every_stage(base: FunctionBase) -> None:
    found = open_retriever(base, SHIPPED_EMBEDDER).search("corner", 2)
    assert {each.manual.name for each in found} == {"press_corner", "make_for_corner"}


def test_index_lies_with_the_base_and_follows_it(base: FunctionBase) -> None:
    open_retriever(base, SHIPPED_EMBEDDER)
    path = base.folder / "index.toml"
    before = tomllib.loads(path.read_text())
    assert before["embedder"] == "retriever"
    edited = base.plus(manual("orange", "plan", "sail", "Fly a kite.", "There is wind."))
    found = open_retriever(edited, SHIPPED_EMBEDDER).retrieve(FLEE, "kite in the wind", 1)
    assert found[0].manual.summary == "Fly a kite."
    assert tomllib.loads(path.read_text())["manuals"] != before["manuals"]


def test_index_lies_in_the_cache_where_the_base_is_read_only(
    base: FunctionBase, tmp_path: Path
) -> None:
    # A file where the folder should be refuses even root.
    base.folder.write_text("")
    open_retriever(base, SHIPPED_EMBEDDER, cache=tmp_path / "cache")
    other = replace(base, folder=tmp_path / "other")
    other.folder.write_text("")
    open_retriever(other, SHIPPED_EMBEDDER, cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").glob("index-*/index.toml"))) == 2


def test_rebuild_gives_the_same_answers(base: FunctionBase) -> None:
    def answers(retriever: Retriever) -> list[tuple[str, float]]:
        found = retriever.retrieve(PLAN, "one dot is far behind", 3)
        return [(each.manual.name, each.distance) for each in found]

    first = answers(open_retriever(base, SHIPPED_EMBEDDER))
    assert answers(open_retriever(base, SHIPPED_EMBEDDER)) == first
    assert answers(open_retriever(base, SHIPPED_EMBEDDER, rebuild=True)) == first


def test_what_cannot_be_opened_is_one_line(base: FunctionBase, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        open_retriever(base, tmp_path / "nowhere")
    with pytest.raises(FunctionBaseError, match="no usable manual"):
        open_retriever(replace(base, manuals=()), SHIPPED_EMBEDDER)


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ("10 c2,b3,d4 a1 b 0 0,0 -", "herd_to_corner"),
        ("10 d5,h6,f9 f5 b 0 0,0 -", "pincer_row"),
        ("10 e6,f4,a1 f6 b 0 0,0 -", "cut_flight"),
    ],
    ids=["cornered", "between two", "straggler"],
)
def test_shipped_weights_find_the_fitting_tactic(
    position: str, expected: str, tmp_path: Path
) -> None:
    shipped = replace(load(packaged_functionbase()), folder=tmp_path)
    stage = shipped.stages_of("blue")[0]
    text = state_text(parse_position(position), stage.name)
    found = open_retriever(shipped, SHIPPED_EMBEDDER).retrieve(stage, f"{stage.question} {text}", 5)
    assert expected in {each.manual.name for each in found}
