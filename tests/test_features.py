"""The page of features: every row names what shows it, and every test that it names exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from ld_tui.cli import build_parser

ROOT = Path(__file__).parents[1]
ROWS = re.findall(
    r"^\| (\d+) \| (.+?) \| (.+) \|$", (ROOT / "docs/features.md").read_text("utf-8"), re.MULTILINE
)
NAMED = sorted({each for *_, shown in ROWS for each in re.findall(r"`(tests/[^`]+)`", shown)})
SCRIPTS = sorted({each for *_, shown in ROWS for each in re.findall(r"`python (\S+)`", shown)})
COMMANDS = sorted({each for *_, shown in ROWS for each in re.findall(r"`ld-tui ([^`]+)`", shown)})


@cache
def names_in(file: Path) -> frozenset[str]:
    """Return the names of the tests that pytest collects from a file's top level."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, functions) and node.name.startswith("test_")
    )


def test_all_rows_are_there_in_order() -> None:
    assert [int(number) for number, *_ in ROWS] == [*range(1, 41), *range(1, 11)]


@pytest.mark.parametrize(("number", "name", "shown"), ROWS)
def test_a_row_names_a_test(number: str, name: str, shown: str) -> None:
    assert re.search(r"`tests/[\w/]+\.py::test_\w+`", shown), f"{number}: {name}"


@pytest.mark.parametrize("named", NAMED)
def test_a_test_that_is_named_exists(named: str) -> None:
    file, _, name = named.partition("::")
    assert (ROOT / file).is_file(), named
    assert name in names_in(ROOT / file), named


def test_commands_that_are_named_exist() -> None:
    assert COMMANDS
    assert SCRIPTS
    text = build_parser().format_help()
    for command in COMMANDS:
        assert re.search(rf"\b{command.split()[0]}\b", text), command
    for script in SCRIPTS:
        assert (ROOT / script).is_file(), script
