"""A folder of manuals: one bad file never hides the good ones, and writes are whole or nothing."""

from pathlib import Path

import pytest

from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import (
    Example,
    Manual,
    Provenance,
    format_manual,
    parse_manual,
    text_digest,
)
from ld_tui.functionbase.store import FunctionBase, Stage, load, remove, write

STAGES = """\
[[stage]]
side = "blue"
name = "plan"
question = "Where?"
result = "targets"

[[stage]]
side = "blue"
name = "move"
question = "How?"
result = "destinations"

[[stage]]
side = "orange"
name = "plan"
question = "Whither?"
result = "goal"
"""


def manual(name: str, side: str = "blue", stage: str = "plan", summary: str = "") -> Manual:
    return Manual(
        name=name,
        side=side,
        stage=stage,
        summary=summary or f"Do what {name} does.",
        when="Always.",
        origin="base",
        provenance=Provenance("someone", "2026-01-31"),
        source=f"def {name}(state, previous):\n    return 1\n",
        examples=(Example("somewhere", 1),),
    )


def put(folder: Path, place: str, text: str | bytes) -> None:
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    base = tmp_path / "base"
    put(base, "stages.toml", STAGES)
    for each in (manual("stay", stage="move"), manual("ring"), manual("flee", "orange")):
        put(base, f"{each.side}/{each.stage}/{each.name}.toml", format_manual(each))
    put(base, "blue/plan/arrow.toml", "# My words.\n" + format_manual(manual("arrow")))
    return base


def problem_lines(base: FunctionBase) -> list[str]:
    return [str(problem) for problem in base.problems]


def test_a_base_is_read_in_the_order_of_stages_and_names(folder: Path) -> None:
    base = load(folder)
    assert base.names == ("arrow", "ring", "stay", "flee")
    assert base.problems == ()
    assert base.stages_of("orange") == (Stage("orange", "plan", "Whither?", "goal"),)
    assert [each.name for each in base.manuals_of("blue", "plan")] == ["arrow", "ring"]
    assert base.get("ring") == manual("ring")
    assert base.get("rang") is None
    assert base.stage_of(manual("x1", "orange")).question == "Whither?"


def test_texts_and_digests_are_those_of_the_files(folder: Path) -> None:
    base = load(folder)
    text = base.text_of("arrow")
    assert text.startswith("# My words.")
    arrow = base.get("arrow")
    assert arrow is not None
    assert arrow.digest == text_digest(text)
    with pytest.raises(FunctionBaseError, match="did you mean 'arrow'"):
        base.text_of("arow")


@pytest.mark.parametrize(
    ("place", "text", "says"),
    [
        ("blue/plan/bad.toml", "name = ", "blue/plan/bad.toml: not TOML"),
        ("blue/plan/bytes.toml", b"\xff\xfe", "is not UTF-8 text"),
        ("blue/plan/wave.toml", format_manual(manual("other")), "say 'wave'"),
        ("blue/move/wave.toml", format_manual(manual("wave")), "say 'move'"),
        ("orange/plan/wave.toml", format_manual(manual("wave")), "say 'orange'"),
        ("blue/plan/flee.toml", format_manual(manual("flee")), "also the name of"),
        ("blue/think/wave.toml", format_manual(manual("wave")), "not in the folder of a stage"),
        ("wave.toml", format_manual(manual("wave")), "not in the folder of a stage"),
        ("blue/plan/old/wave.toml", format_manual(manual("wave")), "not in the folder of a stage"),
    ],
)
def test_a_bad_file_is_reported_and_hides_nothing(
    folder: Path, place: str, text: str | bytes, says: str
) -> None:
    put(folder, place, text)
    base = load(folder)
    assert set(base.names) == {"arrow", "ring", "stay", "flee"}
    assert len(base.problems) == 1
    assert says in problem_lines(base)[0]


def test_hidden_folders_drafts_and_the_index_are_no_manuals(folder: Path) -> None:
    put(folder, "index.toml", "x = 1")
    put(folder, ".history/ring/1.toml", "x = 1")
    put(folder, "blue/plan/ring.toml.draft", "x = ")
    assert load(folder).problems == ()


@pytest.mark.parametrize(
    ("stages", "says"),
    [
        (None, "can't be read"),
        ("stage = ", "is not TOML"),
        ("", "has to hold"),
        (STAGES.replace("question", "qestion", 1), "did you mean 'question'"),
        (STAGES.replace('"targets"', "3", 1), "stage 1: result has to be one line of text"),
        (STAGES.replace('"move"', '"../move"'), "names a folder"),
        (STAGES.replace('"move"', '"plan"'), "two stages of one name"),
    ],
)
def test_without_good_stages_there_is_no_base(folder: Path, stages: str | None, says: str) -> None:
    (folder / "stages.toml").unlink()
    if stages is not None:
        put(folder, "stages.toml", stages)
    with pytest.raises(FunctionBaseError, match=says):
        load(folder)


def test_a_manual_is_written_as_it_is(folder: Path) -> None:
    text = "# Kept.\n" + format_manual(manual("ring", summary="Do it better.")) + "# And this.\n"
    base = write(load(folder), text)
    assert base.text_of("ring") == text
    assert base == load(folder)
    changed = base.get("ring")
    assert changed is not None
    assert (changed.summary, changed.digest) == ("Do it better.", text_digest(text))


def test_a_new_manual_is_written_to_its_stage(folder: Path) -> None:
    base = write(load(folder), format_manual(manual("wave", "orange")))
    assert (folder / "orange/plan/wave.toml").is_file()
    assert base == load(folder)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "not TOML"),
        (format_manual(manual("wave", "blue", "think")), "no stage blue/think"),
        (format_manual(manual("ring", "orange")), "blue/plan already has"),
    ],
)
def test_a_bad_text_changes_nothing(folder: Path, text: str, says: str) -> None:
    base = load(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(FunctionBaseError, match=says):
        write(base, text)
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_manual_is_removed(folder: Path) -> None:
    base = remove(load(folder), "ring")
    assert base == load(folder)
    assert base.get("ring") is None
    with pytest.raises(FunctionBaseError, match="no function 'ring'"):
        remove(base, "ring")


def test_a_base_takes_manuals_that_are_in_no_file(folder: Path) -> None:
    base = load(folder)
    wave = manual("wave")
    more = base.plus(wave)
    assert [each.name for each in more.manuals_of("blue", "plan")] == ["arrow", "ring", "wave"]
    assert base.get("wave") is None
    assert more.without("wave") == base
    assert parse_manual(format_manual(wave)) == wave
