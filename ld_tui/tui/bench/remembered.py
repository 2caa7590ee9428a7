"""The options of the benchmark that was run last, so that the screen opens with them again.

Only what the form has a line for is kept, and of that only what differs from what the screen would
open with by itself: a model that the settings name is taken from there the next time too.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ld_tui.tui.bench.plan import SUITES, Field, Plan, fields_of


def remember(path: Path, plan: Plan, usual: Plan) -> None:
    """Put a plan down. Where that can't be written, the next screen opens as usual."""
    import tomli_w

    from ld_tui.paths import atomic_write

    names = [name for name in _fields() if getattr(plan, name) != getattr(usual, name)]
    try:
        atomic_write(path, tomli_w.dumps({name: getattr(plan, name) for name in names}))
    except OSError:
        return


def recalled(path: Path, usual: Plan) -> Plan:
    """Return the plan that was put down; what can't be read of it is as usual. Never fails."""
    import tomllib

    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return usual
    values = {name: _value(field, found.get(name)) for name, field in _fields().items()}
    return replace(usual, **{name: value for name, value in values.items() if value is not None})


def _fields() -> Mapping[str, Field]:
    """Return the form's lines of every suite, by name."""
    plans = [Plan(suite=suite) for suite in SUITES]
    return {field.name: field for plan in plans for field in fields_of(plan, (), (), ())}


def _value(field: Field, value: Any) -> Any:
    """Return a field's value as a plan has it; None for what is none."""
    match field.kind, value:
        case "many", list() if all(isinstance(name, str) for name in value):
            return tuple(value)
        case "one", str() if value in field.options:
            return value
        case "number", int() if not isinstance(value, bool) and field.low <= value <= field.high:
            return value
        case "text", str():
            return value
        case _:
            return None
