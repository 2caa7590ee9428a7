"""Looks at everything, one thing after the other."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ld_tui import paths
from ld_tui.doctor.finding import Finding
from ld_tui.doctor.parts import (
    attack_sandbox,
    check_functions,
    look_at_index,
    look_at_models,
    try_engine,
)
from ld_tui.doctor.places import look_at_places, look_at_program, look_at_settings
from ld_tui.doctor.terminal import look_at_terminal


def examine(
    functionbase: Path | None,
    saves: Path | None,
    model: Path | str | None,
    engine_options: list[str],
    screen: str | None,
) -> Iterator[Finding]:
    """Yield every finding as it is made, the quick ones first.

    `screen`: the size of the screen that asks, as 80x24; None: nothing draws on the terminal.
    """
    base = functionbase or paths.functionbase_dir()
    looks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("terminal", lambda: look_at_terminal(screen)),
        ("program", look_at_program),
        ("places", lambda: look_at_places(functionbase, saves)),
        ("settings", look_at_settings),
        ("models", lambda: look_at_models(model)),
        ("models", lambda: try_engine(engine_options)),
        ("index", lambda: look_at_index(base)),
        ("sandbox", attack_sandbox),
        ("functions", lambda: check_functions(base)),
    ]
    for area, look in looks:
        try:
            yield from look()
        # Whatever is broken here, the rest is still to be told; that is what a doctor is for.
        except Exception as error:
            text = f"{type(error).__name__}: {' '.join(str(error).split())}"
            yield Finding(area, "look", "fail", f"it can't be looked at: {text}")


def doctor_command(
    functionbase: Path | None,
    saves: Path | None,
    model: Path | str | None,
    engine_options: list[str],
    screen: str | None,
    as_json: bool,
) -> int:
    """Print each finding as it is made; return 1 where anything failed."""
    counts = {"ok": 0, "warn": 0, "fail": 0}
    for finding in examine(functionbase, saves, model, engine_options, screen):
        counts[finding.status] += 1
        print(finding.json() if as_json else finding.line(), flush=True)
    if not as_json:
        print(f"{counts['ok']} ok, {counts['warn']} to look at, {counts['fail']} failed")
    return int(counts["fail"] > 0)
