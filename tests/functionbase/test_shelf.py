"""Editing a function base: whole or not at all, byte for byte, and nothing is ever lost."""

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ld_tui import paths
from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import Example, Manual, Provenance, format_manual, text_digest
from ld_tui.functionbase.shelf import ChangedError, Place, Shelf
from ld_tui.functionbase.store import load
from ld_tui.functionbase.versions import remember, versions

STAGES = "".join(
    f'[[stage]]\nside = "{side}"\nname = "{name}"\nquestion = "?"\nresult = "targets"\n'
    for side in ("blue", "orange")
    for name in ("plan", "move")
)


def text_of(name: str, side: str = "blue", stage: str = "plan", when: str = "Always.") -> str:
    source = f"def {name}(state, previous):\n    return 1\n"
    made = Provenance("someone", "2026-01-31")
    example = (Example("somewhere", 1),)
    return format_manual(
        Manual(name, side, stage, f"Does {name}.", when, "base", made, source, example)
    )


HERE = Place("blue", "plan", "one")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    folder = tmp_path / "base"
    for name in ("one", "two"):
        path = folder / "blue" / "plan" / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(name), encoding="utf-8")
    (folder / "stages.toml").write_text(STAGES, encoding="utf-8")
    return Shelf(folder)


def names(shelf: Shelf) -> set[str]:
    return set(load(shelf.folder).names)


def files(shelf: Shelf) -> dict[str, bytes]:
    """Return everything in the folder but the versions."""
    found = (path for path in shelf.folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(shelf.folder)): path.read_bytes()
        for path in found
        if ".history" not in path.parts
    }


def test_a_text_is_applied_byte_for_byte_and_both_are_versions(shelf: Shelf) -> None:
    opened = shelf.open(HERE)
    text = "# mine\r\n" + text_of("one", when="Ever.").replace("\n", "\r\n", 1) + "# end"
    done = shelf.accept(HERE, text, opened.digest)
    assert (shelf.folder / "blue/plan/one.toml").read_bytes() == text.encode()
    assert done.number == 2
    assert [(each.note, each.text) for each in shelf.versions("one")] == [
        ("found", opened.text),
        ("edited", text),
    ]
    assert load(shelf.folder).get("one").when == "Ever."


def test_a_text_with_problems_changes_nothing(shelf: Shelf) -> None:
    before = files(shelf)
    with pytest.raises(FunctionBaseError):
        shelf.accept(HERE, text_of("one").replace("when", "wen"), shelf.open(HERE).digest)
    with pytest.raises(FunctionBaseError, match="there is no stage"):
        shelf.accept(HERE, text_of("one", stage="dream"), shelf.open(HERE).digest)
    with pytest.raises(FunctionBaseError, match="another function two"):
        shelf.accept(HERE, text_of("two"), shelf.open(HERE).digest)
    assert files(shelf) == before
    assert shelf.versions("one") == ()


def test_a_file_that_changed_since_is_not_written_over(shelf: Shelf) -> None:
    opened = shelf.open(HERE)
    theirs = text_of("one", when="Theirs.")
    (shelf.folder / "blue/plan/one.toml").write_text(theirs, encoding="utf-8")
    mine = text_of("one", when="Mine.")
    with pytest.raises(ChangedError, match="changed outside"):
        shelf.accept(HERE, mine, opened.digest)
    assert shelf.open(HERE).text == theirs
    shelf.accept(HERE, mine, text_digest(theirs))
    assert [each.text for each in shelf.versions("one")] == [theirs, mine]


def test_of_two_programs_that_write_at_once_one_is_told(shelf: Shelf) -> None:
    digest = shelf.open(HERE).digest
    texts = [text_of("one", when=f"Number {number}.") for number in range(8)]
    told: list[str] = []

    def write(text: str) -> None:
        try:
            Shelf(shelf.folder).accept(HERE, text, digest)
        except ChangedError:
            told.append(text)

    threads = [threading.Thread(target=write, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 7
    assert [shelf.open(HERE).text] == [text for text in texts if text not in told]


@settings(max_examples=20)
@given(text=st.text(st.characters(exclude_categories=["Cs"])), second=st.text(max_size=9))
def test_a_draft_is_kept_as_it_is(tmp_path_factory: pytest.TempPathFactory, text, second) -> None:
    folder = tmp_path_factory.mktemp("base")
    (folder / "stages.toml").write_text(STAGES, encoding="utf-8")
    shelf = Shelf(folder)
    shelf.save_draft(HERE, text, "")
    assert shelf.open(HERE).draft == text
    shelf.drop_draft(HERE)
    assert shelf.open(HERE).draft is None


@settings(max_examples=20)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=6))
def test_every_version_can_be_had_again(tmp_path_factory: pytest.TempPathFactory, texts) -> None:
    folder = tmp_path_factory.mktemp("base")
    for text in texts:
        remember(folder, "one", text, "edited")
    kept = [text for at, text in enumerate(texts) if at == 0 or text != texts[at - 1]]
    assert [each.text for each in versions(folder, "one")] == kept
    assert [each.number for each in versions(folder, "one")] == list(range(1, len(kept) + 1))


def test_a_draft_lies_beside_the_manual_until_it_is_applied(shelf: Shelf) -> None:
    opened = shelf.open(HERE)
    shelf.save_draft(HERE, "not yet", opened.digest)
    assert names(shelf) == {"one", "two"}
    again = shelf.open(HERE)
    assert (again.draft, again.is_stale, again.text) == ("not yet", False, opened.text)
    assert shelf.find("one").has_draft
    (shelf.folder / "blue/plan/one.toml").write_text(text_of("one", when="Other."), "utf-8")
    assert shelf.open(HERE).is_stale
    shelf.accept(HERE, text_of("one", when="Done."), shelf.open(HERE).digest)
    assert shelf.open(HERE).draft is None


def test_what_the_file_has_is_no_draft(shelf: Shelf) -> None:
    opened = shelf.open(HERE)
    shelf.save_draft(HERE, "not yet", opened.digest)
    shelf.save_draft(HERE, opened.text, opened.digest)
    assert shelf.open(HERE).draft is None


def test_a_draft_of_another_program_goes_to_the_versions(shelf: Shelf) -> None:
    shelf.save_draft(HERE, "mine", "")
    shelf.save_draft(HERE, "theirs", "")
    shelf.save_draft(HERE, "mine again", "", seen="mine")
    assert shelf.open(HERE).draft == "mine again"
    assert [each.text for each in shelf.versions("one")] == ["mine", "theirs"]
    shelf.save_draft(HERE, "mine once more", "", seen="mine again")
    assert len(shelf.versions("one")) == 2


def test_a_function_is_renamed_and_moved_by_its_text(shelf: Shelf) -> None:
    digest = shelf.open(HERE).digest
    shelf.accept(HERE, text_of("uno", side="orange"), digest)
    assert names(shelf) == {"uno", "two"}
    assert load(shelf.folder).problems == ()
    assert shelf.gone() == ("one",)
    assert shelf.versions("one")[0].text == text_of("one")


def test_disabled_functions_are_out_of_use_and_can_be_edited(shelf: Shelf) -> None:
    shelf.disable(HERE)
    assert names(shelf) == {"two"}
    entry = shelf.find("one")
    assert entry.is_disabled
    assert entry.manual is not None
    shelf.accept(HERE, text_of("one", when="Later."), shelf.open(HERE).digest)
    assert names(shelf) == {"two"}
    shelf.enable(HERE)
    assert load(shelf.folder).get("one").when == "Later."


def test_a_deleted_function_comes_back_with_its_draft(shelf: Shelf) -> None:
    shelf.save_draft(HERE, "a draft", shelf.open(HERE).digest)
    before = files(shelf)
    was = shelf.delete(HERE)
    assert names(shelf) == {"two"}
    assert {each.text for each in shelf.versions("one")} == {"a draft", text_of("one")}
    shelf.undelete(was)
    assert files(shelf) == before
    with pytest.raises(FunctionBaseError, match="by now"):
        shelf.undelete(was)


def test_broken_files_stand_among_the_entries(shelf: Shelf) -> None:
    (shelf.folder / "blue/plan/two.toml").write_text("name = ", encoding="utf-8")
    (shelf.folder / "blue/plan/bad.toml.off").write_bytes(b"\xff")
    shelf.save_draft(Place("orange", "move", "fresh"), "x", "")
    found = {entry.name: entry for entry in shelf.entries()}
    assert "not TOML" in found["two"].problem
    assert "UTF-8" in found["bad"].problem
    assert found["fresh"].is_new
    assert shelf.open(found["two"].place).text == "name = "
    assert [entry.name for entry in shelf.entries()] == ["bad", "one", "two", "fresh"]


def test_the_fingerprint_tells_of_changes_outside(shelf: Shelf) -> None:
    before = shelf.fingerprint()
    assert shelf.fingerprint() == before
    shelf.save_draft(HERE, "a draft changes nothing", "")
    assert shelf.fingerprint() == before
    path = shelf.folder / "blue/plan/one.toml"
    os.utime(path, ns=(1, 1))
    assert shelf.fingerprint() != before


@pytest.mark.parametrize("name", ["One", "o", "a/b", "../up", "x" * 41, "class"])
def test_a_new_function_needs_a_name_and_a_place(shelf: Shelf, name: str) -> None:
    with pytest.raises(FunctionBaseError):
        shelf.check_new(Place("blue", "plan", name))


def test_names_are_free_and_short_enough(shelf: Shelf) -> None:
    assert shelf.free_name("one") == "one_2"
    assert shelf.free_name("three") == "three"
    long = "x" * 40
    shelf.save_draft(Place("blue", "plan", long), "", "")
    assert shelf.free_name(long) == f"{'x' * 38}_2"


def test_the_users_own_base_is_seeded_with_the_first_write(own_home: Path) -> None:
    shelf = Shelf()
    assert shelf.folder == paths.packaged_functionbase()
    place = shelf.find("pincer_row").place
    shelf.save_draft(place, "mine", shelf.open(place).digest)
    assert shelf.folder == own_home / "functionbase"
    assert shelf.open(place).draft == "mine"


def test_a_folder_that_cant_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "stages.toml").write_text(STAGES, encoding="utf-8")
    (tmp_path / ".drafts").write_text("in the way", encoding="utf-8")
    (tmp_path / ".history").mkdir()
    with pytest.raises(FunctionBaseError, match="can't be written"):
        Shelf(tmp_path).save_draft(HERE, "x", "")
