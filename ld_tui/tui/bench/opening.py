"""The app's desk, made when it is first wanted, and the screen that shows it."""

from typing import TYPE_CHECKING, Any

from ld_tui.tui.bench.desk import Desk
from ld_tui.tui.bench.plan import plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import App

    from ld_tui.tui.settings import Setup

_PARTS = ("functionbase", "model", "embedder")


def open_desk(app: "App[None]", setup: "Setup") -> Desk:
    """Return a new desk for what the program was opened with."""
    given: Mapping[str, Any] = setup.bench if setup.bench is not None else {}
    desk = Desk(app, plan_of({**_parts(setup.engine_command or ()), **given}))

    def told_end() -> None:
        from ld_tui.tui.screens.bench import BenchScreen

        if not isinstance(app.screen, BenchScreen):
            app.notify(f"the benchmark: {desk.phase}", markup=False)

    desk.told_end = told_end
    return desk


def open_bench(app: "App[None]", desk: Desk, letters: bool) -> None:
    """Show the benchmark screen, unless it is there."""
    from ld_tui.tui.screens.bench import BenchScreen

    if not any(isinstance(screen, BenchScreen) for screen in app.screen_stack):
        app.push_screen(BenchScreen(desk, letters))


def _parts(command: "Sequence[str]") -> dict[str, str]:
    """Return the agent's parts that the engine was started with: a benchmark measures those."""
    return {
        name: command[at + 1]
        for at, word in enumerate(command[:-1])
        if (name := word.removeprefix("--")) in _PARTS and word.startswith("--")
    }
