"""The app's part that holds a benchmark: opened from anywhere, and gone when the program quits."""

import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from textual.app import App, SystemCommand
from textual.screen import Screen

if TYPE_CHECKING:
    from ld_tui.tui.bench.desk import Desk
    from ld_tui.tui.settings import Setup

_PARTS = ("functionbase", "model", "embedder")


class Benches(App[None]):
    """An app with one benchmark."""

    setup: "Setup"
    bench: "Desk | None" = None
    """The benchmark; None until its screen is first wanted."""

    def open_bench(self) -> None:
        """Show the benchmark screen, unless it is there."""
        from ld_tui.tui.screens.bench import BenchScreen

        self.bench = self.bench or self._make_desk()
        if not any(isinstance(screen, BenchScreen) for screen in self.screen_stack):
            self.push_screen(BenchScreen(self.bench, self.setup.ascii_only))

    def close_bench(self) -> None:
        """Kill a benchmark at once, if there is one."""
        if self.bench is not None:
            self.bench.close()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Add the benchmark to the palette's commands."""
        yield from super().get_system_commands(screen)
        yield SystemCommand("Benchmark", "Measure LD beside other methods", self.open_bench)

    def _make_desk(self) -> "Desk":
        from ld_tui.tui.bench.desk import Desk
        from ld_tui.tui.bench.plan import Plan, plan_of
        from ld_tui.tui.bench.remembered import recalled, remember

        def usual() -> Plan:
            return plan_of(_parts(self.setup.engine_command or ()))

        given, path = self.setup.bench, self.setup.bench_remembered
        if given is not None:
            plan = plan_of({**_parts(self.setup.engine_command or ()), **given})
        else:
            plan = usual() if path is None else recalled(path, usual())
        desk = Desk(self, plan)

        def told_start() -> None:
            if path is not None:
                args = (path, desk.ran, usual())
                threading.Thread(target=remember, args=args, daemon=True).start()

        def told_end() -> None:
            from ld_tui.tui.screens.bench import BenchScreen

            if not isinstance(self.screen, BenchScreen):
                self.notify(f"the benchmark: {desk.phase}", markup=False)

        desk.told_start, desk.told_end = told_start, told_end
        return desk


def _parts(command: Sequence[str]) -> dict[str, str]:
    """Return the agent's parts that the engine was started with: a benchmark measures those."""
    return {
        name: command[at + 1]
        for at, word in enumerate(command[:-1])
        if (name := word.removeprefix("--")) in _PARTS and word.startswith("--")
    }
