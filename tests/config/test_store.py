"""The file of settings is changed in place: comments and order stay, and nothing is lost."""

from pathlib import Path

import pytest

from ld_tui.config.load import load
from ld_tui.config.schema import SETTINGS
from ld_tui.config.store import make, template, write
from ld_tui.errors import ConfigError

MINE = """\
# what I like
[screen]  # the looks
theme = "dark"   # at night
motion = false

[keys]
play.hint.h = "i"
"play.undo.u" = "z"  # as elsewhere
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(MINE)
    return path


def test_a_change_keeps_everything_else_as_it_is(mine: Path) -> None:
    write(mine, SETTINGS["screen.theme"], "light")
    assert mine.read_text() == MINE.replace('"dark"', '"light"')
    write(mine, SETTINGS["game.size"], 8)
    assert mine.read_text().startswith(MINE.replace('"dark"', '"light"').rstrip("\n"))
    assert load(environ={}, path=mine).config.size == 8


def test_a_reset_takes_the_line_out(mine: Path) -> None:
    write(mine, SETTINGS["screen.motion"], None)
    assert mine.read_text() == MINE.replace("motion = false\n", "")
    write(mine, SETTINGS["game.size"], None)
    assert "game" not in mine.read_text()


def test_keys_are_changed_where_they_stand(mine: Path) -> None:
    write(mine, SETTINGS["keys"], {"play.hint.h": "f3", "play.undo.u": "z", "quit": "Q"})
    assert load(environ={}, path=mine).config.keys == {
        "play.hint.h": "f3",
        "play.undo.u": "z",
        "quit": "Q",
    }
    assert "# as elsewhere" in mine.read_text()
    write(mine, SETTINGS["keys"], {"quit": "Q"})
    assert load(environ={}, path=mine).config.keys == {"quit": "Q"}
    write(mine, SETTINGS["keys"], None)
    assert load(environ={}, path=mine).config.keys == {}
    assert "# what I like" in mine.read_text()


def test_a_read_only_file_is_left_as_it_is(mine: Path) -> None:
    mine.chmod(0o444)
    with pytest.raises(ConfigError, match="read-only"):
        write(mine, SETTINGS["screen.theme"], "light")
    assert mine.read_text() == MINE


def test_a_link_stays_a_link(mine: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(mine)
    write(link, SETTINGS["screen.theme"], "light")
    assert link.is_symlink()
    assert 'theme = "light"' in mine.read_text()
    mine.chmod(0o444)
    with pytest.raises(ConfigError, match="read-only"):
        write(link, SETTINGS["screen.theme"], "dark")
    assert link.is_symlink()


@pytest.mark.parametrize("content", ["[screen\n", "screen = 3\n"])
def test_a_file_that_cant_be_changed_is_not_overwritten(content: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(content)
    with pytest.raises(ConfigError):
        write(path, SETTINGS["screen.theme"], "light")
    assert path.read_text() == content


def test_a_file_where_a_folder_should_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="nothing is saved"):
        write(tmp_path / "file" / "config.toml", SETTINGS["screen.theme"], "light")


def test_what_is_there_is_not_made_anew(mine: Path, tmp_path: Path) -> None:
    make(mine)
    assert mine.read_text() == MINE
    make(tmp_path / "new" / "config.toml")
    assert (tmp_path / "new" / "config.toml").read_text() == template()
