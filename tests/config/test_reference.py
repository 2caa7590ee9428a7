"""docs/settings.md tells what the schema says, and its example is a file that can be used."""

import re
import tomllib
from pathlib import Path

from ld_tui.config.kinds import RESERVED
from ld_tui.config.load import check
from ld_tui.config.reference import table
from ld_tui.config.schema import THEMES

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")


def test_the_page_has_the_table_of_the_schema() -> None:
    assert table() in PAGE


def test_the_page_names_what_no_keymap_takes_and_every_theme() -> None:
    for word in (*RESERVED, *THEMES):
        assert f"`{word}`" in PAGE


def test_the_example_can_be_used(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    path = tmp_path / "config.toml"
    path.write_text(found[1])
    assert tomllib.loads(found[1])
    assert check(path) == ()
