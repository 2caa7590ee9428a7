"""Opens the terminal client, and sees to it that the engine ends with it."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ld_tui.tui.app import LdTuiApp
from ld_tui.tui.remembered import recalled
from ld_tui.tui.settings import LD, Mode, Setup, pick_letters

if TYPE_CHECKING:
    from ld_tui.config.load import Loaded


def main(
    mode: Mode = "start",
    size: int = 10,
    seed: int | None = None,
    saves: Path | None = None,
    engine_command: Sequence[str] | None = None,
    functionbase: Path | None = None,
    map_name: str | None = None,
    bench: Mapping[str, object] | None = None,
    config: "Loaded | None" = None,
    replay: Path | None = None,
    series: tuple[str, str, int] | None = None,
    opponent: str = "ld",
    ld: Mapping[str, object] = LD,
    clock: int = 0,
) -> int:
    """Open the terminal client and return the exit status once it is closed.

    `seed`: of the starting position and the programs; None for another game every time. `saves`:
    the folder that games are saved in. `engine_command`: what to run as the engine; None for the
    one of this installation. `functionbase`: where functions are kept; None for the user's own.
    `map_name`: a map that is drawn for the size; None for the open board. `bench`: what the
    benchmark screen begins with. `config`: the settings; None for the user's. `replay`: a saved
    game, or a folder of them, to look at first. `series`: two programs, and how many games to
    watch. `opponent`, `ld`, `clock`: who is played against, LD's settings, and seconds a side.
    """
    from ld_tui.config.load import load
    from ld_tui.paths import data_dir, saves_dir

    settled = config or load()
    chosen = settled.config
    setup = Setup(
        mode=mode,
        size=size,
        seed=seed,
        saves=saves or saves_dir(),
        engine_command=tuple(engine_command) if engine_command else None,
        functionbase=functionbase,
        ascii_only=pick_letters(chosen),
        map_name=map_name,
        bench=bench,
        reply_delay=chosen.reply_delay,
        turn_seconds=chosen.turn_seconds,
        config=settled,
        replay=replay,
        series=series,
        opponent=opponent,
        ld=dict(ld),
        clock=clock,
        offered=data_dir() / "guide-offered",
        remembered=data_dir() / "last-game.toml",
        bench_remembered=data_dir() / "last-benchmark.toml",
    )
    if mode == "start" and setup.remembered is not None:
        setup = recalled(setup.remembered, setup, settled)
    if "TEXTUAL_DRIVER" not in os.environ:
        for name in ("COLUMNS", "LINES"):
            # Where these are exported Textual believes them rather than the terminal, for ever.
            os.environ.pop(name, None)
    app = LdTuiApp(setup)
    try:
        app.run()
    finally:
        app.kill_engine()
    return app.return_code or 0
