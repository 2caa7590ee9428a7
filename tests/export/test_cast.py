"""Recordings: asciicast v2, a marker for each turn, frames that fit the terminal."""

import json
import re
from typing import Any

import pytest
from rich.cells import cell_len

from ld_tui.export.cast import cast
from ld_tui.export.story import Candidate, story_of
from ld_tui.export.worth import Worth
from ld_tui.game.notation import parse_position
from ld_tui.game.record import GameRecord, PlayerSpec

OURS = re.compile(r"\x1b\[(?:[0-9;]*m|\d+;1H|K|2J|\?25[hl])")


def read(text: str) -> tuple[dict[str, Any], list[tuple[float, str, str]]]:
    header, *events = map(json.loads, text.splitlines())
    return header, [tuple(event) for event in events]


def screens(text: str) -> list[list[str]]:
    """Return the screen after each piece of output, as plain text."""
    rows, found = [""] * 24, []
    for _, kind, data in read(text)[1]:
        if kind != "o":
            continue
        for number, line in re.findall(r"\x1b\[(\d+);1H(.*?)\x1b\[K", data):
            rows[int(number) - 1] = OURS.sub("", line)
        found.append(list(rows))
    return found


def test_the_file_is_an_asciicast_with_a_marker_for_each_turn(eventful: GameRecord) -> None:
    header, events = read(cast(story_of(eventful)))
    assert (header["version"], header["width"], header["height"]) == (2, 80, 24)
    assert header["title"].startswith("LD (blue) against person (orange).")
    times = [time for time, _, _ in events]
    assert times == sorted(times)
    assert {kind for _, kind, _ in events} == {"o", "m"}
    markers = [data for _, kind, data in events if kind == "m"]
    assert markers[0].startswith("step 1: blue a2b3 c4d5 h7g6 (roadblock: e4 closed")
    assert len(markers) == len(story_of(eventful).scenes) - 1


def test_a_decision_is_seen_growing_and_then_the_move(eventful: GameRecord) -> None:
    shown = ["\n".join(rows) for rows in screens(cast(story_of(eventful)))]
    has = [
        next(at for at, text in enumerate(shown) if words in text)
        for words in (
            "the world changes",
            "composer writes",
            "def f(state):",
            "▸ encircle",
            "▸ round_the_block",
            "● a2b3 c4d5 h7g6",
        )
    ]
    assert has == sorted(has)
    before = shown[has[3]]
    assert "2 move" not in before
    assert "▟1▙" in before
    assert "Blue wins: orange gave up" in shown[-1]


def test_values_are_told_where_they_are_known(eventful: GameRecord) -> None:
    worths = {0: Worth(5, 6, 1, "a2c2 c4e4 h7h5"), 1: Worth(6)}
    text = cast(story_of(eventful, worths))
    assert "step 1: blue a2b3 c4d5 h7g6 ?! (" in text
    shown = ["\n".join(rows) for rows in screens(text)]
    assert any("capture in 5" in each for each in shown)
    assert any("lost 1 step; best was" in each for each in shown)


@pytest.mark.parametrize("size", [6, 10, 11, 20])
def test_every_line_fits_the_terminal_on_every_board(size: int) -> None:
    start = parse_position(f"{size} b2,c4,e5 e4 b 0 0,0 storm:1")
    record = GameRecord(start, PlayerSpec("ld", {"k": "漢字" * 40}), PlayerSpec("漢" * 60), 3)
    rows = screens(cast(story_of(record)))[-1]
    assert all(cell_len(row) <= 80 for row in rows)
    assert sum(bool(re.match(r" ?\d+ ", row)) for row in rows) == size


def test_no_text_of_a_game_reaches_the_terminal_as_a_command(hostile: GameRecord) -> None:
    for _, kind, data in read(cast(story_of(hostile)))[1]:
        bare = OURS.sub("", data).removesuffix("\r\n")
        assert bare.isprintable(), (kind, bare)


def test_the_move_is_told_however_many_candidates_there_were(eventful: GameRecord) -> None:
    story = story_of(eventful)
    for stage in story.scenes[1].stages:
        stage.candidates[:0] = [Candidate(f"other_{at}", 0.5, "", 0.1) for at in range(9)]
    shown = ["\n".join(rows) for rows in screens(cast(story))]
    assert any("other_0" in each and "▸ encircle" in each for each in shown)
    last = next(each for each in shown if "● a2b3 c4d5 h7g6" in each)
    assert "▸ encircle" in last
    assert "▸ round_the_block" in last
