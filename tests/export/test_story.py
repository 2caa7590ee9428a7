"""A record becomes scenes: the start, each turn with its decision, what came after the last."""

import pytest

from ld_tui.arena.game import Game
from ld_tui.export.command import KINDS, Kind, exported
from ld_tui.export.story import story_of
from ld_tui.export.worth import Worth, mark_of, verdict_of, worths_of
from ld_tui.game.maps import read_map
from ld_tui.game.notation import format_position, parse_move, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Side


def test_a_game_is_told_scene_by_scene(eventful: GameRecord) -> None:
    story = story_of(eventful)
    assert [scene.title for scene in story.scenes] == [
        "start",
        "step 1: blue a2b3 c4d5 h7g6",
        "step 1: orange f5g4",
        "step 2: blue b3b5 d5d5 g6f5",
        "step 2: orange g4g2",
        "after the last turn",
    ]
    assert story.title == "LD (blue) against person (orange)"
    assert story.blue == "LD (k 5)"
    assert story.ending == "Blue wins: orange gave up"
    for scene, turn in zip(story.scenes[1:], eventful.turns, strict=False):
        assert format_position(scene.position) == turn.after


def test_a_decision_is_told_with_its_candidates(eventful: GameRecord) -> None:
    scene = story_of(eventful).scenes[1]
    assert scene.struck == ("roadblock: e4 closed until step 9",)
    plan, move = scene.stages
    assert [(c.name, c.distance, c.probability, c.is_chosen) for c in plan.candidates] == [
        ("encircle", 0.61, 0.75, True),
        ("corner", 0.72, 0.25, False),
    ]
    march, new = move.candidates
    assert march.struck == "illegal: c4 to d5: d5 is closed"
    assert new.is_new
    assert move.chosen == new.name == scene.written[0].name == "round_the_block"
    assert scene.written[0].author == "composer"
    assert scene.refused == ("first_try was refused: loses 2 steps",)
    assert not scene.troubles  # The agent's own illegal choice is told once, where it was struck.


def test_a_persons_illegal_choice_is_told(eventful: GameRecord) -> None:
    assert story_of(eventful).scenes[2].troubles == ("orange illegal: off the board",)


def test_an_event_of_a_later_version_is_no_obstacle() -> None:
    game = Game(
        GameRecord(
            parse_position("8 a1,c4,h8 f5 b 0 0,0 -"), PlayerSpec("ld"), PlayerSpec("human"), 3
        )
    )
    game.play_turn(parse_move("a1b2 c4e4 h8h6"))
    object.__setattr__(game.record.turns[0], "events", ({"event": "dreamt"},))
    assert story_of(game.record).scenes[1].troubles == (
        "an event that this version can't read: dreamt",
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"stage": "\x1b[2J"},
        {"stage": None},
        {"names": 3},
        {"names": ["only_one"]},
        {"new": 5},
        {"distances": ["near", "far"]},
        {"distances": [float("nan"), 1e300]},
        {"summaries": [None, {"a": "\x1b"}]},
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", KINDS)
def test_no_event_that_is_wrong_breaks_an_export(
    changed: dict[str, object], kind: Kind, eventful: GameRecord
) -> None:
    turn = eventful.turns[0]
    events = [event | changed if event["event"] == "retrieved" else event for event in turn.events]
    object.__setattr__(turn, "events", tuple(events))
    text = exported(eventful, kind)
    assert "\x1b[2J" not in text.replace("\x1b[0m\x1b[?25l\x1b[2J", "")
    assert "b3b5 d5d5 g6f5" in text


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("llm:/home/someone/secret/nano.gguf", "nano.gguf"),
        ("llm:http://key@10.0.0.1:8080/v1#qwen", "qwen"),
        ("kd", "KD"),
    ],
)
def test_a_players_folder_and_server_stay_with_the_player(kind: str, name: str) -> None:
    start = parse_position("8 a1,c4,h8 f5 b 0 0,0 -")
    story = story_of(GameRecord(start, PlayerSpec(kind), PlayerSpec("human"), 3))
    assert story.names[Side.BLUE] == story.blue == name
    assert story.ending == "unfinished after 0 steps"


def test_moves_are_worth_what_the_tablebase_says() -> None:
    start = parse_position("6 a1,a2,b1 f6 b 0 0,0 -")
    game = Game(GameRecord(start, PlayerSpec("perfect"), PlayerSpec("human"), 3))
    game.play_turn(parse_move("a1c1 a2c2 b1d1"))
    worths = worths_of(game.record)
    assert set(worths) == {0, 1}
    assert worths[0].value is not None
    assert worths[0].value + (worths[0].regret or 0) == worths[0].move_value
    assert worths[1].value == worths[0].move_value


def test_boards_that_are_too_large_have_no_worth() -> None:
    start = parse_position("20 a1,c4,h8 f5 b 0 0,0 -")
    assert worths_of(GameRecord(start, PlayerSpec("ld"), PlayerSpec("human"), 3)) == {}


@pytest.mark.parametrize(
    ("regret", "mark", "verdict"),
    [
        (0, "", ""),
        (1, "?!", "lost 1 step; best was f5f6"),
        (2, "?", "lost 2 steps; best was f5f6"),
        (3, "??", "lost 3 steps; best was f5f6"),
        (None, "??", "lost everything; best was f5f6"),
    ],
)
def test_what_a_move_lost_is_marked(regret: int | None, mark: str, verdict: str) -> None:
    worth = Worth(4, 3, regret, "f5f6")
    assert (mark_of(worth), verdict_of(worth)) == (mark, verdict)


def test_whose_fault_it_was_is_told_where_it_is_known() -> None:
    worth = Worth(4, 3, 1, "f5f6", ("1 by the selector: it passed better functions over (plan)",))
    assert verdict_of(worth).startswith("lost 1 step; best was f5f6; 1 by the selector: ")


@pytest.mark.parametrize("kind", KINDS)
def test_a_map_is_called_by_its_name(kind: Kind) -> None:
    """Not cell by cell; how it was played is no matter."""
    start = read_map("corridor").starts(1, 3)[0]
    record = GameRecord(start, PlayerSpec("greedy"), PlayerSpec("greedy"), 3)
    told = str(exported(record, kind))
    assert "map Corridor" in told
    assert "roadblock: " not in told
