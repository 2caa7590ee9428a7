"""The replay screen, driven by keys and mouse; what is asserted is the game, not the picture."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from ld_tui.agent.events import Decided, Executed, Retrieved, Selected, StageBegan
from ld_tui.arena.game import Game
from ld_tui.arena.saves import list_saves, read_save, write_save
from ld_tui.game.emergencies import Jam
from ld_tui.game.notation import format_move, format_position
from ld_tui.game.record import GameRecord, PlayerSpec, current
from ld_tui.game.rules import Rules, Side, legal_moves
from ld_tui.game.starts import starts
from ld_tui.tui.screens.games import GamesScreen
from ld_tui.tui.screens.play import PlayScreen
from ld_tui.tui.screens.replay import ReplayScreen
from ld_tui.tui.screens.resume import ResumeScreen
from ld_tui.tui.screens.start import StartScreen
from ld_tui.tui.widgets.timeline import Timeline

LD = PlayerSpec("ld", {"k": 5, "select": "s-llm"})
LOSING = (3, 6)
"""Turns, 0-based, of the third legal move, which the scripted engine says lost 2 steps."""
STRUCK = 5
"""Turns played when an emergency struck."""


def played(plies: int = 9, orange: PlayerSpec = LD, result: bool = False) -> GameRecord:
    """Return a game in which most turns are the first legal move."""
    game = Game(GameRecord(starts(1, 3, Rules(size=8))[0], LD, orange, 7))
    for ply in range(plies):
        if ply == STRUCK:
            game.strike(Jam(1, 9))
        moves = legal_moves(game.position)
        move = moves[2 if ply in LOSING else 0]
        text = format_move(move)
        game.play_turn(
            move,
            (
                StageBegan(1, 1, "plan", f"Question {ply}?", "state"),
                Retrieved(1, ("dodge", "slip"), (0.5, 0.6), ("a", "b"), 1.0),
                Selected(1, "dodge", ("dodge", "slip"), (0.9, 0.1), "s-llm", 1.0),
                Executed(1, "dodge", [], text, 1.0),
                Decided(text, 5.0),
            ),
            5.0,
        )
    if result:
        game.resign(Side.ORANGE)
    return game.record


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    def make(record: GameRecord, name: str = "game.toml") -> Path:
        path = tmp_path / "saves" / name
        path.parent.mkdir(exist_ok=True)
        write_save(path, record)
        return path

    return make


async def until(pilot: Pilot[None], true: Callable[[], Any]) -> None:
    for _ in range(500):
        if true():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never was so")


async def settle(pilot: Pilot[None], kind: type[Any] = ReplayScreen) -> Any:
    """Wait until a screen of a kind stands and what it asked for is answered."""
    for _ in range(300):
        await pilot.pause(0.01)
        if isinstance(pilot.app.screen, kind):
            break
    screen = pilot.app.screen
    for _ in range(100):
        await pilot.pause(0.01)
        if not isinstance(screen, ReplayScreen) or pilot.app.engine.late_reviews is not None:
            break
        if len(screen.conductor.reviews.found) == screen.conductor.last:
            break
    for _ in range(4):
        await pilot.pause(0.01)
    assert isinstance(screen, kind)
    return screen


async def test_keys_go_through_a_game_turn_by_turn(opened, saved) -> None:
    record = played()
    one = opened("start", replay=saved(record))
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await settle(pilot)
        game = screen.conductor
        assert format_position(game.position) == format_position(record.start)
        for keys, at in (
            (["right"], 1),
            (["full_stop", "full_stop"], 3),
            (["left"], 2),
            (["comma"], 1),
            (["end"], 9),
            (["right"], 9),
            (["home"], 0),
            (["left"], 0),
            (["7", "enter"], 7),
            (["9", "9", "enter"], 9),
        ):
            await pilot.press(*keys)
            assert game.at == at
            shown = game.position
            after = record.turns[at - 1].after if at else format_position(record.start)
            struck = at >= STRUCK
            assert (len(shown.changes) == 1) == struck
            if at != STRUCK:
                assert format_position(shown) == after
        assert not one.engine.open
        assert [kind for kind, _ in one.engine.requests].count("decide") == 0


async def test_the_engine_is_started_however_soon_the_game_is_read(opened, saved) -> None:
    one = opened("start", replay=saved(played()))
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert one.engine.starts == 1


async def test_the_decision_of_the_turn_just_played_is_shown(opened, saved) -> None:
    one = opened("start", replay=saved(played()))
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("4", "enter")
        await pilot.pause()
        assert "Question 3?" in one.text()
        await pilot.press("left")
        await pilot.pause()
        assert "Question 2?" in one.text()


async def test_jumps_go_to_turning_points_and_emergencies(opened, saved) -> None:
    one = opened("start", replay=saved(played()))
    async with one.app.run_test(size=(80, 24)) as pilot:
        game = (await settle(pilot)).conductor
        assert game.turning_points == tuple(ply + 1 for ply in LOSING)
        places = []
        for key in ("t", "t", "t", "T", "e", "E", "home", "e"):
            await pilot.press(key)
            places.append(game.at)
        assert places == [4, 7, 7, 4, STRUCK, STRUCK, 0, STRUCK]
        assert "no emergency before" not in one.text()


async def test_a_jump_waits_for_marks_that_are_still_to_come(opened, saved) -> None:
    one = opened("start", replay=saved(played()))
    one.engine.late_reviews = []
    async with one.app.run_test(size=(80, 24)) as pilot:
        game = (await settle(pilot)).conductor
        await pilot.press("t")
        await pilot.pause()
        assert game.at == 0
        assert "still looking" in one.text()
        held, one.engine.late_reviews = one.engine.late_reviews, None
        for answer in held:
            one.engine.post(answer)
        for _ in range(20):
            await pilot.pause(0.01)
        assert game.at == LOSING[0] + 1


async def test_a_turning_point_says_what_it_lost_and_whose_fault_that_was(opened, saved) -> None:
    one = opened("start", replay=saved(played()))
    async with one.app.run_test(size=(80, 24)) as pilot:
        game = (await settle(pilot)).conductor
        await pilot.press("t")
        await pilot.pause()
        assert game.review.verdict.regret == 2
        assert [(loss.blame, loss.steps) for loss in game.review.blame] == [("selector", 2.0)]
        text = one.text()
        assert "lost 2 steps; best was" in text
        assert "2 by the selector: it passed better functions over (plan)" in text


async def test_the_timeline_is_clicked(opened, saved) -> None:
    one = opened("start", replay=saved(played()))
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await settle(pilot)
        line = screen.query_one(Timeline)
        for ply in (6, 0, 9, 3):
            await pilot.click(line, offset=(line.column_of(ply), line.size.height - 1))
            assert screen.conductor.at == ply
        assert line.view.marks[3] == "?"
        assert set(line.view.emergencies) == {STRUCK}


async def test_it_plays_to_the_end_and_pauses(opened, saved) -> None:
    one = opened("start", replay=saved(played()))
    async with one.app.run_test(size=(80, 24)) as pilot:
        game = (await settle(pilot)).conductor
        await pilot.press(*["plus"] * 3, "space")
        assert not game.is_paused
        for _ in range(300):
            await pilot.pause(0.01)
            if game.is_paused:
                break
        assert game.at == 9
        await pilot.press("home", "space", "space")
        assert game.is_paused


@pytest.mark.parametrize(("size", "rows"), [((80, 24), 4), ((120, 36), 4)])
async def test_long_games_keep_every_turn_on_the_line(opened, saved, size, rows) -> None:
    """A hundred and sixty turns share columns; each can be sought."""
    rng = random.Random(3)
    game = Game(GameRecord(starts(1, 5, Rules(size=8))[0], LD, LD, 7))
    while game.ply < 160 and game.outcome is None:
        game.play_turn(rng.choice(legal_moves(game.position)))
    one = opened("start", replay=saved(game.record))
    async with one.app.run_test(size=size) as pilot:
        screen = await settle(pilot)
        line = screen.query_one(Timeline)
        assert line.size.height == rows
        assert line.column_of(game.ply) < size[0]
        await pilot.press("end")
        assert screen.conductor.at == game.ply


async def test_a_folder_gives_its_games_broken_ones_told(opened, saved, tmp_path) -> None:
    saved(played(result=True), "a.toml")
    saved(played(4), "b.toml")
    (tmp_path / "saves" / "c.toml").write_text("format = 9\n")
    one = opened("start", replay=tmp_path / "saves")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, GamesScreen)
        text = one.text()
        assert "2 games" in text
        assert "orange gave up in 5" in text
        assert "unfinished, step 3" in text
        assert "is newer than this" in text
        await pilot.press("down", "enter")
        screen = await settle(pilot)
        assert screen.path.name == "a.toml"
        await pilot.press("end")
        await pilot.pause()
        assert "orange gave up" in one.text()
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, StartScreen)


async def test_a_notice_does_not_keep_one_from_leaving(opened, saved) -> None:
    one = opened("start", replay=saved(played(2)))
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("end", "t")
        await until(pilot, lambda: "no turning point" in one.text())
        await pilot.press("escape")
        await settle(pilot, StartScreen)
        assert isinstance(pilot.app.screen, StartScreen)


async def test_the_start_screen_and_the_list_of_unfinished_games_lead_to_replays(
    opened, saved
) -> None:
    saved(played(4), "b.toml")
    one = opened("start")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, StartScreen)
        await pilot.press("v")
        await settle(pilot, GamesScreen)
        await pilot.press("enter")
        screen = await settle(pilot)
        assert screen.conductor.last == 4
        await pilot.press("escape")
        await settle(pilot, StartScreen)
        await pilot.press("r")
        await settle(pilot, ResumeScreen)
        await pilot.press("v")
        screen = await settle(pilot)
        assert screen.path.name == "b.toml"


async def test_a_file_broken_meanwhile_is_one_line(opened, saved, tmp_path) -> None:
    path = saved(played())
    path.write_text("format = 1\n")
    one = opened("start", replay=path)
    async with one.app.run_test(size=(80, 24), notifications=True) as pilot:
        for _ in range(50):
            await pilot.pause(0.02)
            if pilot.app._notifications:
                break
        (notice,) = pilot.app._notifications
        assert notice.message.startswith(str(path))
        assert path.read_text() == "format = 1\n"
        await settle(pilot, StartScreen)


async def test_orange_is_seen_in_fog_and_ended_games_are_told(opened, saved) -> None:
    one = opened("start", replay=saved(played(result=True)))
    async with one.app.run_test(size=(120, 36)) as pilot:
        game = (await settle(pilot)).conductor
        await pilot.press("end")
        assert game.is_over
        assert not game.sight.is_hidden
        await pilot.press("left")
        assert not game.is_over


@pytest.mark.parametrize("mode", ["blue", "orange", "watch"])
async def test_a_branch_is_a_game_of_its_own_that_names_its_parent(opened, saved, mode) -> None:
    record = played()
    path = saved(record)
    before = path.read_bytes()
    one = opened("start", replay=path)
    one.engine.is_busy = True
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("4", "enter", mode[0])
        screen = await settle(pilot, PlayScreen)
        game = screen.conductor.game
        assert game.ply == 4
        assert format_position(game.position) == record.turns[3].after
        kinds = {side: game.record.player(side).kind for side in Side}
        assert kinds == {side: "human" if side == mode else "ld" for side in Side}
        assert (game.record.parent.game, game.record.parent.ply) == ("game.toml", 4)
        assert game.record.seed == record.seed
        screen.conductor.take_over(Side.BLUE)
        pilot.app._saver.flush(2.0)
    assert path.read_bytes() == before
    (entry,) = [each for each in list_saves(path.parent) if each.path != path]
    again = read_save(entry.path)
    assert again.parent.ply == 4
    assert again.turns == record.turns[:4]


async def test_a_move_is_played_on_a_branch(opened, saved) -> None:
    one = opened("start", replay=saved(played()))
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("4", "enter", "b")
        screen = await settle(pilot, PlayScreen)
        move = format_move(legal_moves(screen.conductor.position)[-1])
        await pilot.press("m", *move, "enter")
        for _ in range(50):
            await pilot.pause(0.01)
            if screen.conductor.game.ply == 6:
                break
        assert format_move(screen.conductor.game.record.turns[4].move) == move
        assert screen.conductor.game.ply == 6


async def test_no_branch_where_the_game_is_over(opened, saved) -> None:
    one = opened("start", replay=saved(played(result=True)))
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await settle(pilot)
        await pilot.press("end", "b")
        await pilot.pause()
        assert pilot.app.screen is screen
        assert "go back a turn" in one.text()


def test_a_branch_reads_as_before_without_the_new_keys(saved) -> None:
    from ld_tui.arena.branch import branch_of

    record = branch_of(played(), 3, "old.toml", "k 5 to 3")
    path = saved(record)
    text = path.read_text()
    assert 'parent = "old.toml"' in text
    assert read_save(path) == record
    stripped = "\n".join(line for line in text.splitlines() if not line.startswith("parent"))
    path.write_text(stripped)
    old = read_save(path)
    assert old.parent is None
    assert current(old) == current(record)


async def test_a_replay_is_exported_whole_and_its_position_copied(
    opened, saved, tmp_path, monkeypatch
) -> None:
    one = opened("start", replay=saved(played()))
    monkeypatch.chdir(tmp_path)
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await settle(pilot)
        await pilot.press("4", "enter", "y")
        assert one.app.clipboard == format_position(screen.conductor.position)
        commands = {each.title: each for each in one.app.get_system_commands(screen)}
        commands["Export as text"].callback()
        for _ in range(300):
            if (tmp_path / "game.txt").exists():
                break
            await pilot.pause(0.01)
        text = (tmp_path / "game.txt").read_text(encoding="utf-8")
    # The turns after the one looked at too.
    assert "\n5. blue " in text


async def test_the_palette_exports_the_whole_game_with_marks_and_blame(
    opened, saved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    record = played()
    one = opened("start", replay=saved(record))
    async with one.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("right", "right")
        titles = [command.title for command in one.app.get_system_commands(one.app.screen)]
        assert "Export as HTML" in titles
        one.app.copy_position()
        assert one.app.clipboard == format_position(one.position)
        one.app.export("html")
        for _ in range(300):
            await pilot.pause(0.01)
            if (tmp_path / "game.html").is_file():
                break
        page = (tmp_path / "game.html").read_text(encoding="utf-8")
    assert format_move(record.turns[-1].move) in page
    assert page.count("lost 2 steps; best was") == len(LOSING)
    assert page.count("2 by the selector: it passed better functions over (plan)") == len(LOSING)
