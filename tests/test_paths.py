"""Where files lie, and that writing them is all or nothing."""

import os
from pathlib import Path

import pytest

from ld_tui import paths


def test_a_home_holds_everything_of_a_user(own_home: Path) -> None:
    assert paths.data_dir() == own_home
    assert paths.cache_dir() == own_home / "cache"
    assert paths.saves_dir() == own_home / "saves"


def test_reading_uses_the_packaged_base_until_something_is_written(own_home: Path) -> None:
    assert paths.functionbase_dir() == paths.packaged_functionbase()
    assert not own_home.exists()
    own = paths.writable_functionbase_dir()
    assert own == own_home / "functionbase" == paths.functionbase_dir()
    shipped = {path.relative_to(paths.packaged_functionbase()) for path in _manuals()}
    assert {path.relative_to(own) for path in own.rglob("*/*/*.toml")} == shipped


def test_a_users_base_is_not_seeded_twice(own_home: Path) -> None:
    note = paths.writable_functionbase_dir() / "stages.toml"
    note.write_text("mine")
    paths.writable_functionbase_dir()
    assert note.read_text() == "mine"


def test_without_a_home_a_checkout_keeps_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LD_TUI_HOME")
    root = paths.checkout()
    assert root is not None
    assert paths.functionbase_dir().name == "functionbase"
    assert paths.saves_dir() == root / "saves"


def test_a_write_replaces_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.toml"
    paths.atomic_write(path, "a longer first text\n")
    paths.atomic_write(path, "short ✓\n")
    assert path.read_text(encoding="utf-8") == "short ✓\n"
    assert [each.name for each in path.parent.iterdir()] == ["file.toml"]


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.toml"
    paths.atomic_write(path, "old")

    def refuse(source: object, target: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        paths.atomic_write(path, "new")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["file.toml"]


def _manuals() -> list[Path]:
    return list(paths.packaged_functionbase().rglob("*/*/*.toml"))
