"""Whole games in lines, with real players and exact values."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from ld_tui.arena.saves import read_save
from ld_tui.game.emergencies import Fog, strike
from ld_tui.game.notation import format_move, parse_position
from ld_tui.game.record import GameRecord, PlayerSpec
from ld_tui.game.rules import Reason, Side, legal_moves
from ld_tui.plain.games import new_record, open_game
from ld_tui.plain.words import clock_line
from ld_tui.tui.clock import Clock

Play = Callable[..., "object"]


def test_a_game_is_won_by_playing_best_moves(played: Play) -> None:
    one = played("blue")
    said = one.run(*["best"] * 20)
    assert "Blue wins, orange is captured in" in said
    assert "Captured." in said
    assert one.game.outcome is not None
    assert one.game.outcome.winner is Side.BLUE
    assert read_save(one.keeper.path).result == one.game.outcome


def test_orange_is_played_too_and_both_sides_by_people(played: Play) -> None:
    assert "Step 1, blue, by greedy:" in played("orange").run("best")
    said = played("both").run("best", "best")
    assert "Step 1, blue: " in said
    assert "Step 1, orange: " in said


def test_the_position_is_spelled_out(played: Play) -> None:
    said = played("blue").run("where", "legal 2", "board")
    assert "Step 1 of 100, blue to move." in said
    assert "dot 1 at c1, dot 2 at f3 and dot 3 at a3. Orange at a1, at distance 2, 7 and 2." in said
    assert "Dot 2 at f3 may go to d3, e2, e4, f1 or f5." in said
    assert "\n 3 3 . . . . 2\n 2 . . . . . .\n 1 O . 1 . . .\n   a b c d e f\n" in said


def test_moves_are_typed_dot_by_dot_or_whole(played: Play) -> None:
    one = played("both")
    said = one.run("c1c3", "u", "c1b2", "f3f5", "a3a5")
    assert "So far c1c3 f3? a3?; still to move: dot 2 at f3 and dot 3 at a3." in said
    assert format_move(one.game.record.turns[0].move) == "c1b2 f3f5 a3a5"
    one = played("both")
    one.run("A3-A5, c1b2, f3f5")
    assert format_move(one.game.record.turns[0].move) == "c1b2 f3f5 a3a5"


def test_a_cell_out_of_reach_is_refused_and_a_whole_illegal_turn_counted(played: Play) -> None:
    one = played("both")
    said = one.run("c1c2", "c1c2 f3f5 a3a5", "nonsense")
    assert "Not possible, and not counted: c1 to c2" in said
    assert "Illegal, and counted for blue: " in said
    assert "Illegal choices of blue: 1; 7 are forgiven." in said
    assert "'nonsense' is not a move" in said
    assert one.game.position.illegal.blue == 1
    assert one.game.ply == 0


def test_values_hints_and_marks_are_exact(played: Play) -> None:
    one = played("both")
    best = one.session.conductor.position
    table = one.engine._resources.table(best).analysis(best)
    worst = format_move(table.moves[-1].move)
    said = one.run("value", "hint", f"value {worst}", worst, "undo")
    assert f"Blue can capture in {table.value}; par {table.value}." in said
    assert f"A best move: {format_move(table.moves[0].move)}; " in said
    lost = table.moves[-1].regret
    sign = {1: "?!", 2: "?"}.get(lost, "??")
    assert said.count(f"that loses {lost} step{'s' * (lost > 1)} ({sign})") == 2
    assert "Taken back. Step 1 of 100, blue to move." in said
    assert one.game.ply == 0


def test_emergencies_strike_by_kind_or_cell(played: Play) -> None:
    one = played("blue")
    said = one.run("emergency", "emergency roadblock e5 d4", "emergency storm", "emergency fog d1",
                   "where")  # fmt: skip
    assert "Say which: roadblock, jam, sprint, fog or storm." in said
    assert "Emergency. Roadblock: d4 e5 closed until step 8." in said
    assert "Emergency. Storm:" in said or "too little" in said
    assert "Only a roadblock takes cells" in said
    assert said.count("Roadblock: d4 e5 closed until step 8.") == 2


def test_fog_tells_a_person_who_plays_blue_nothing(played: Play) -> None:
    start = strike(parse_position("6 a1,a2,b1 f6 b 0 0,0 -"), Fog(1, parse_position(
        "6 a1,a2,b1 d4 b 0 0,0 -").orange, 20))  # fmt: skip
    record = GameRecord(start, PlayerSpec("human"), PlayerSpec("greedy"))
    one = played(record=record)
    move = format_move(legal_moves(start)[0])
    said = one.run("where", "board", "value", "hint", "legal", "why", move, "where")
    assert "Orange is unseen; blue saw it last at d4." in said
    assert "orange, by greedy: moves unseen." in said
    assert "it would tell where orange is" in said
    orange = format_move(one.game.record.turns[1].move)
    assert orange not in said
    assert not re.search(r"\bf6\b", said)
    assert "can capture" not in said


def test_thinking_is_stopped_and_asked_for_again(played: Play) -> None:
    one = played("blue")
    one.engine.is_busy = True

    def wake(line: str) -> None:
        if line == "x":
            one.engine.is_busy = False
            command("go")
        else:
            command(line)

    command, one.session.command = one.session.command, wake
    move = format_move(legal_moves(one.game.position)[0])
    one.inbox.put(("line", move))
    one.inbox.put(("interrupt", None))
    said = one.run("x", "where")
    assert "Stopping." in said
    assert "Trouble: The decision was stopped." in said
    assert "orange, by greedy: " in said.split("Stopping.")[1]


def test_a_stuck_program_gives_way_to_the_greedy_player(played: Play) -> None:
    one = played("blue", "perfect")
    one.engine.is_busy = True
    hear = one.session.command

    def greedy(line: str) -> None:
        one.engine.is_busy = one.engine.is_busy and line != "greedy"
        hear(line)

    one.session.command = greedy
    one.inbox.put(("line", format_move(legal_moves(one.game.position)[0])))
    one.inbox.put(("interrupt", None))
    said = one.run("greedy", "resign")
    assert "orange, by greedy: " in said
    assert "Orange wins, blue gave up; par " in said
    assert one.game.outcome.reason is Reason.RESIGNED


def test_where_a_program_is_stuck_the_prompt_stays_the_persons_and_it_says_what_helps(
    played: Play,
) -> None:
    one = played("orange")
    one.engine.is_busy = True
    prompts: list[str] = []

    def prompted(text: str) -> None:
        prompts.append(text)
        one.inbox.put(("line", "quit"))

    one.session.voice.prompt = prompted
    one.inbox.put(("interrupt", None))
    one.session.run()
    said = one.out.getvalue()
    helps = "Blue, greedy, has not decided: go asks again, greedy lets the greedy player go on, "
    assert helps in said
    assert set(prompts) == {"orange> "}


def test_watching_steps_and_then_runs_to_the_end(played: Play) -> None:
    one = played("watch", "greedy")
    said = one.run("step", "where")
    assert said.index("Step 1, blue, by greedy:") < said.index("orange to move.")
    assert one.game.outcome is not None
    one = played("watch", "greedy")
    one.run("step", "take blue", "quit")
    assert one.game.record.blue.kind == "human"
    assert one.game.position.to_move is Side.BLUE


def test_a_folder_that_cannot_be_written_is_told_once(played: Play, tmp_path) -> None:
    (tmp_path / "saves").write_text("a file where the folder should be")
    said = played("blue").run("best", "best", "save")
    assert said.count("Trouble: Not saved: ") == 1
    assert "\nNot saved: " in said


def test_keys_that_are_no_text_are_answered_and_left_out(played: Play) -> None:
    one = played("both")
    said = one.run("\x1b[B", "\x1b[A\x1bOPc1b2")
    assert said.count("Arrows and the like do nothing here") == 1
    assert "So far c1b2 " in said


def test_every_command_is_in_the_help_and_answers(played: Play) -> None:
    one = played("blue")
    told = one.run("help").split("moves the next dot.\n")[1]
    names = [name for name in re.findall(r"^([a-z]+)[^:\n]*: ", told, re.M) if name != "quit"]
    assert {"where", "legal", "value", "hint", "why", "emergency", "save", "undo"} <= set(names)
    for name in names:
        said = played("blue").run(name)
        assert "is not a move" not in said, name


@pytest.mark.parametrize("text", ["\x1b[2J", "\x07bell", "a\rb"])
def test_nothing_that_a_terminal_would_obey_is_written(played: Play, text: str) -> None:
    one = played("blue")
    one.session.say(text)
    record = replace(one.game.record, orange=PlayerSpec("llm:" + text))
    said = one.run("value " + text) + played(record=record).run("where")
    assert all(char.isprintable() or char == "\n" for char in said)


def test_a_clock_is_told_with_each_turn_and_when_asked(played: Play) -> None:
    record = new_record("blue", "greedy", 6, 3, None, clock=600)
    said = played(record=record).run("best", "clock")
    assert re.findall(
        r"Clock: blue has (?:9:5\d|10:00) left, orange has (?:9:5\d|10:00) left", said
    )
    assert said.count("Clock: ") == 3
    assert "There is no clock; --clock MINUTES" in played("blue").run("clock")


def test_a_clock_that_has_run_out_says_by_how_much() -> None:
    class Spent(Clock):
        def left(self, side: Side) -> float | None:
            return -63.0 if side is Side.BLUE else 12.0

    game = open_game(new_record("blue", "greedy", 6, 3, None, clock=60), lambda record: None)
    assert clock_line(Spent(game)) == "Clock: blue is 1:03 over, orange has 0:12 left."
