"""The guide to the first game: every step waits for what it asks for; one can always leave."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from ld_tui.tui.lesson import STEPS
from ld_tui.tui.opening import is_first
from ld_tui.tui.screens.play import HOLD
from ld_tui.tui.screens.start import StartScreen
from ld_tui.tui.screens.tutorial import Strip, TutorialScreen
from ld_tui.tui.text import wrap


async def until(pilot: Pilot[None], done: object) -> None:
    for _ in range(200):
        await pilot.pause(0.01)
        if done():  # type: ignore[operator]
            return
    raise AssertionError("it never came")


async def test_the_whole_guide_is_done_with_keys(opened) -> None:
    one = opened("tutorial")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, TutorialScreen))
        screen = one.app.screen
        lesson = screen.lesson
        await until(pilot, lambda: one.game.best_move() is not None)

        async def step(at: int, *keys: str) -> None:
            assert lesson.at == at, f"{STEPS[lesson.at].title} in place of {STEPS[at].title}"
            await pilot.press(*keys)
            await pilot.pause(2 * HOLD if keys[-1] == "h" else 0.01)

        await step(0, "enter")
        await step(1, "tab")
        assert lesson.at == 2
        await pilot.press("enter")  # on the dot itself: nothing is placed
        target = one.game.draft.legal()[0]
        screen.hand.click(target)
        await step(3, "h")
        await step(4, "enter")
        await until(pilot, lambda: one.game.is_persons_turn)
        await step(5, "enter")
        await step(6, "enter")
        await step(7, "enter")
        await step(8, "h", "enter")
        await until(pilot, lambda: one.game.is_persons_turn and lesson.at == 9)
        assert one.game.game.ply == 4
        await pilot.pause(0.01)
        await step(9, "u")
        assert one.game.game.ply == 2
        await step(10, "R", "y")
        await until(pilot, lambda: one.game.is_over)
        await step(11, "enter")
        await until(pilot, lambda: isinstance(one.app.screen, StartScreen))


async def test_a_step_waits_for_what_it_asks_for(opened) -> None:
    one = opened("tutorial")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, TutorialScreen))
        lesson = one.app.screen.lesson
        await pilot.press("enter", "right", "left", "s", "s")
        assert lesson.at == 1
        await pilot.press("tab")
        assert lesson.at == 2


async def test_esc_leaves_the_guide_and_the_game_goes_on(opened) -> None:
    one = opened("tutorial")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, TutorialScreen))
        await until(pilot, lambda: one.game.best_move() is not None)
        await pilot.press("m", "escape")
        assert one.app.screen.query_one(Strip).display
        await pilot.press("escape")
        assert not one.app.screen.query_one(Strip).display
        await pilot.press("h", "enter")
        await until(pilot, lambda: one.game.game.ply == 2)


@pytest.mark.parametrize("letters", [False, True])
async def test_every_step_fits_the_least_terminal(opened, letters: bool) -> None:
    one = opened("tutorial", ascii_only=letters)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, TutorialScreen))
        strip = one.app.screen.query_one(Strip)
        for at, step in enumerate(STEPS):
            strip._lesson.at = at
            text = " ".join("".join(t for t, _ in line) for line in strip.lines(78, 3)[1:])
            assert "…" not in text, step.title
            assert len(wrap(step.text, 78, 9)) <= 2
            assert not letters or not set("●◆◦▸→") & set(text)


async def test_who_comes_first_is_pointed_at_the_guide(opened, tmp_path: Path) -> None:
    mark = tmp_path / "home" / "guide-offered"
    one = opened("start", offered=mark)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "new here?" in one.text())
        assert mark.exists()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, TutorialScreen))
    assert not is_first(mark)
    again = opened("start", offered=mark)
    async with again.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "no unfinished" in again.text() or "against" in again.text())
        assert "new here?" not in again.text()


def test_the_guide_is_not_offered_where_that_cannot_be_remembered(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not is_first(tmp_path / "file" / "mark")


async def test_the_guide_opens_from_the_palette_of_a_game(opened) -> None:
    one = opened("blue")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.engine.requests)
        commands = {each.title: each for each in one.app.get_system_commands(one.app.screen)}
        commands["Tutorial"].callback()
        await until(pilot, lambda: isinstance(one.app.screen, TutorialScreen))
        assert one.game.game.ply == 0
