"""Save files: whole at any moment, refused in one line where broken or newer, never touched."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ld_tui.arena.levels import LEVELS
from ld_tui.arena.saves import (
    format_record,
    latest_unfinished,
    list_saves,
    new_save_path,
    parse_record,
    read_entry,
    read_save,
    write_save,
)
from ld_tui.errors import SaveError
from ld_tui.game.notation import format_position, parse_move, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec, Turn, plain_events
from ld_tui.game.rules import Outcome, Reason, Side, play
from ld_tui.tui.listed import game_item

START = parse_position("8 a1,c4,h8 f5 b 0 0,0 -")

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


def record_with(*events: object) -> GameRecord:
    move = parse_move("a1b2 c4e4 h8h6")
    after = format_position(play(START, move))
    stored = plain_events([{"event": "executed", "name": "f", "result": item} for item in events])
    turn = Turn(Side.BLUE, move, after, 1.5, (), stored)
    return GameRecord(START, PlayerSpec("ld", {"k": 5}), PlayerSpec("human"), 7).with_turn(turn)


@given(st.lists(plain, max_size=3))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_events_hold_comes_back_from_a_file(items: list[object]) -> None:
    record = record_with(*items)
    assert parse_record(format_record(record)) == record


def test_a_save_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "saves" / "one.toml"
    write_save(path, record_with([[1, 2], [3, 4]], None, 'a "quoted"\nline', "[\n  1,\n]"))
    assert read_save(path) == record_with([[1, 2], [3, 4]], None, 'a "quoted"\nline', "[\n  1,\n]")
    assert [path.name for path in path.parent.iterdir()] == ["one.toml"]


def test_text_that_no_file_can_hold_costs_no_save(tmp_path: Path) -> None:
    write_save(tmp_path / "one.toml", record_with("\ud800"))
    assert read_save(tmp_path / "one.toml").turns[0].events[0]["result"] == "?"


def test_short_arrays_take_one_line() -> None:
    assert "result = [[1, 2], [3, 4]]\n" in format_record(record_with([[1, 2], [3, 4]]))


def test_a_folder_that_refuses_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SaveError, match=r"can't be written"):
        write_save(tmp_path / "file" / "one.toml", record_with())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "'format' is missing"),
        (b"format = ", "not TOML"),
        (b"\xff\xfe", "not UTF-8"),
        (b"format = 9\nanything = 1\n", "format 9 is newer than this program"),
        (format_record(record_with()).encode()[:-40], "not TOML"),
        (format_record(record_with()).encode().partition(b"[[turn]]")[0], "'turn' is missing"),
        (
            format_record(record_with()).encode().replace(b"h8h6", b"h8h5"),
            "turn 1 (a1b2 c4e4 h8h5)",
        ),
    ],
    ids=["empty", "not toml", "binary", "newer", "cut", "cut between tables", "illegal"],
)
def test_a_broken_save_is_refused_and_left_alone(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "one.toml"
    path.write_bytes(content)
    with pytest.raises(SaveError) as caught:
        read_save(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content


def test_a_missing_save_is_told(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="No such file"):
        read_save(tmp_path / "none.toml")


def test_names_sort_by_time_and_are_unique(tmp_path: Path) -> None:
    moments = [datetime(2025, 1, 9, 23, 59, 59, 999_000, UTC), datetime(2025, 1, 10, tzinfo=UTC)]
    early, late = (new_save_path(tmp_path, "ld-human", moment) for moment in moments)
    assert early.name < late.name
    assert late.name.startswith("20250110T000000.000-ld-human-")
    assert new_save_path(tmp_path, now=moments[0]) != new_save_path(tmp_path, now=moments[0])


def test_saves_are_listed_newest_first_the_broken_ones_too(tmp_path: Path) -> None:
    finished = record_with().with_result(Outcome(Side.BLUE, Reason.RESIGNED))
    write_save(tmp_path / "1.toml", record_with())
    write_save(tmp_path / "2.toml", finished)
    (tmp_path / "3.toml").write_text("format = 9\n")
    (tmp_path / "4.toml").write_text("nonsense")
    (tmp_path / "notes.txt").write_text("not a save")
    entries = list(list_saves(tmp_path))
    assert [entry.path.stem for entry in entries] == ["4", "3", "2", "1"]
    assert [entry.is_unfinished for entry in entries] == [False, False, False, True]
    assert "not TOML" in str(entries[0].problem)
    assert "newer" in str(entries[1].problem)
    assert (entries[2].result, entries[2].plies) == ("blue resigned", 1)
    assert (entries[3].blue, entries[3].orange) == ("ld", "human")
    assert entries[3].start == "8 a1,c4,h8 f5 b 0 0,0 -"
    latest = latest_unfinished(tmp_path)
    assert latest is not None
    assert latest.path.stem == "1"


def test_a_list_tells_how_strong_ld_played(tmp_path: Path) -> None:
    casual = LEVELS["casual"].settings()
    for name, told in (("casual", casual), ("full", {"k": 5}), ("own", {"k": 3})):
        record = replace(
            record_with(), blue=PlayerSpec("ld", told), orange=PlayerSpec("greedy", casual)
        )
        write_save(tmp_path / f"{name}.toml", record)
    found = [read_entry(tmp_path / f"{name}.toml") for name in ("casual", "full", "own")]
    assert [entry.blue_level for entry in found] == ["casual", "", "custom"]
    assert [entry.orange_level for entry in found] == ["", "", ""]
    label = game_item("one", found[0]).label
    assert label.endswith("LD casual against greedy, 8x8")


@pytest.mark.parametrize("found", ["1", "{blue = 3}", '{blue = {k = "five"}}'])
def test_a_level_that_makes_no_sense_hides_no_game(tmp_path: Path, found: str) -> None:
    text = format_record(record_with()).replace("[settings.blue]\nk = 5", "[settings.blue]")
    head, rest = text.split("[settings.blue]")
    path = tmp_path / "1.toml"
    path.write_text(f"{head}settings = {found}\n[rules]{rest.split('[rules]')[1]}")
    entry = read_entry(path)
    assert entry.problem is None
    assert entry.blue_level == ("custom" if "five" in found else "")


def test_no_folder_holds_no_saves(tmp_path: Path) -> None:
    assert list(list_saves(tmp_path / "none")) == []
    assert latest_unfinished(tmp_path / "none") is None


def test_a_save_that_a_person_rearranged_is_still_listed(tmp_path: Path) -> None:
    text = format_record(record_with())
    path = tmp_path / "1.toml"
    path.write_text("# my best game\n" + text)
    assert read_entry(path).is_unfinished
    assert read_save(path) == record_with()


def test_an_entry_of_a_missing_file_says_so(tmp_path: Path) -> None:
    assert "No such file" in str(read_entry(tmp_path / "none.toml").problem)


def test_the_documented_example_is_a_save() -> None:
    page = (Path(__file__).parents[2] / "docs" / "save-format.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    record = parse_record(example)
    assert record.struck[0].ply == 1
    assert parse_record(format_record(record)) == record
