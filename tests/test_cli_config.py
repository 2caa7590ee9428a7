"""`ld-tui config`, and the settings that the terminal client's commands are run with."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ld_tui import paths
from ld_tui.arena import levels as arena_levels
from ld_tui.arena.levels import level_of
from ld_tui.cli import build_parser, main
from ld_tui.cli_config import settle
from ld_tui.cli_levels import play_options
from ld_tui.config.schema import LEVELS, SETTINGS
from ld_tui.plain.games import new_record


@pytest.fixture
def config(own_home: Path) -> Path:
    own_home.mkdir()
    return own_home / "config.toml"


def settled(*arguments: str) -> Any:
    options = build_parser().parse_args(arguments)
    options.loaded = settle(options)
    return options


def test_locate_obeys_the_variables(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    main(["config", "locate"])
    monkeypatch.setenv("LD_TUI_CONFIG", "elsewhere.toml")
    main(["config", "locate"])
    monkeypatch.delenv("LD_TUI_CONFIG")
    monkeypatch.delenv("LD_TUI_HOME")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/xdg")
    main(["config", "locate"])
    assert capsys.readouterr().out.splitlines() == [
        str(own_home / "config.toml"),
        "elsewhere.toml",
        "/xdg/ld-tui/config.toml",
    ]


def test_show_says_where_each_value_came_from(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('[screen]\ntheme = "light"\nmotoin = false\n')
    monkeypatch.setenv("LD_TUI_K", "3")
    monkeypatch.setenv("LD_TUI_API_KEY", "hunter2")
    assert main(["config", "show"]) == 0
    told = capsys.readouterr()
    rows = {row.split()[0]: row.split()[1:] for row in told.out.splitlines()}
    assert rows["screen.theme"] == ["light", "config.toml:2"]
    assert rows["agent.k"] == ["3", "LD_TUI_K"]
    assert rows["game.size"] == ["10", "default"]
    assert set(rows) - {"#"} == set(SETTINGS)
    assert "nearest is screen.motion" in told.err
    assert main(["config", "show", "--json"]) == 0
    told = capsys.readouterr()
    data = json.loads(told.out)
    assert data["settings"]["screen.theme"]["source"] == "file"
    assert data["settings"]["agent.k"]["value"] == 3
    assert len(data["problems"]) == 1
    assert "hunter2" not in told.out + told.err


@pytest.mark.parametrize(
    ("text", "status", "says"),
    [
        ('[screen]\ntheme = "dark"\n', 0, "nothing wrong"),
        ('[screen]\ntheme = "drak"\n', 1, "config.toml:2: screen.theme"),
        ('[keys]\n"play.hnt.h" = "i"\n', 1, "play.hint.h"),
        ('[keys]\n"play.hint.h" = "u"\n', 1, "play.undo.u"),
    ],
)
def test_validate_by_exit_status(
    text: str, status: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    assert main(["config", "validate", str(file)]) == status
    assert says in capsys.readouterr().out


def test_validate_without_any_file_is_fine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "validate"]) == 0
    assert "defaults are used" in capsys.readouterr().out
    assert main(["config", "validate", "no-such.toml"]) == 3


def test_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "schema"]) == 0
    assert "theme" in json.loads(capsys.readouterr().out)["properties"]["screen"]["properties"]


def test_set_writes_and_takes_out(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "set", "screen.theme", "light"]) == 0
    assert main(["config", "set", "screen.sound", "yes"]) == 0
    assert settled("play").loaded.config.sound
    assert main(["config", "set", "screen.theme", ""]) == 0
    assert settled("play").loaded.config.theme == "safe"
    assert capsys.readouterr().out.splitlines()[0] == "screen.theme = light"


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["set", "screen.thme", "light"], 2, "the nearest is screen.theme"),
        (["set", "game.size", "99"], 2, "from 6 to 20"),
        (["set", "agent.model", "http://a:b@c/v1"], 2, "LD_TUI_API_KEY"),
        (["set", "agent.model", "/nope"], 2, "/nope: there is no such file or folder"),
        (["set", "agent.embedder", "/nope"], 2, "/nope: there is no such file or folder"),
        (["set", "keys", "quit=f10"], 2, "f10 is Quit"),
        (["edit"], 2, "EDITOR"),
    ],
)
def test_what_cant_be_set_is_one_line(
    arguments: list[str],
    status: int,
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "")
    assert main(["config", *arguments]) == status
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert not paths.config_path().exists()


def test_a_read_only_file_is_exit_3(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text("")
    config.chmod(0o444)
    assert main(["config", "set", "screen.theme", "light"]) == 3
    assert "read-only" in capsys.readouterr().err


def test_edit_opens_what_it_made_and_checks_what_comes_back(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "sed -i 's/# size = 10/size = 40/'")
    assert main(["config", "edit"]) == 1
    assert "game.size: 40 is not" in capsys.readouterr().out
    assert "# theme = " in config.read_text()


def test_edit_finds_an_editor_where_none_is_named(
    config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    nano = tmp_path / "bin" / "nano"
    nano.parent.mkdir()
    nano.write_text('#!/bin/sh\necho "[screen]" > "$1"\n')
    nano.chmod(0o755)
    monkeypatch.setenv("PATH", str(nano.parent))
    assert main(["config", "edit"]) == 0
    assert config.read_text() == "[screen]\n"


def test_flags_win_over_variables_and_those_over_the_file(
    config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    base = tmp_path / "base"
    base.mkdir()
    model = tmp_path / "some.gguf"
    model.touch()
    config.write_text(
        f'[game]\nsize = 8\nmap = "ring"\nside = "orange"\n[agent]\nmodel = "{model}"\n'
        f'author = "none"\n[folders]\nfunctionbase = "{base}"\n[screen]\ntheme = "dark"\n'
    )
    bare, play = settled(), settled("play")
    assert (bare.size, bare.map, bare.author) == (play.size, play.map, play.author)
    assert (play.size, play.map, play.author) == (8, "ring", "none")
    assert (play.model, play.functionbase) == (model, base)
    assert (bare.mode, play.mode) == ("start", "orange")
    monkeypatch.setenv("LD_TUI_SIZE", "9")
    assert (settled("play").size, settled("play").map) == (9, None)
    given = settled("play", "--size", "6", "--side", "blue", "--model", "http://h/v1", "--no-ascii")
    assert (given.size, given.mode, given.model) == (6, "blue", "http://h/v1")
    assert (given.loaded.config.ascii, given.loaded.config.theme) == ("off", "dark")
    assert settled("play", "--theme", "light").loaded.config.theme == "light"


def test_a_servers_model_is_named_after_its_url(config: Path) -> None:
    config.write_text('[agent]\nmodel = "http://h:1/v1"\nmodel_name = "qwen2.5:3b"\n')
    assert settled("watch").model == "http://h:1/v1#qwen2.5:3b"
    assert settled("watch", "--model-name", "other").model == "http://h:1/v1#other"
    assert settled("watch", "--model", "http://h:1/v1#own").model == "http://h:1/v1#own"


def test_a_bad_file_opens_the_client_with_defaults(config: Path) -> None:
    config.write_text('[agent]\nmodel = "gone.gguf"\nk = 3\n')
    options = settled("play")
    assert options.model is None
    assert options.loaded.config.k == 3
    assert "gone.gguf" in options.loaded.summary()


def test_a_game_in_lines_tells_each_setting_that_cant_be_used(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('[agent]\nmodel = "gone.gguf"\n')
    monkeypatch.setenv("LD_TUI_MAP", "moon")
    assert main(["play", "--plain", "--opponent", "nobody"]) == 2
    file, variable, last = capsys.readouterr().err.splitlines()
    assert file.startswith("ld-tui: config.toml:2: agent.model: ")
    assert variable.startswith("ld-tui: LD_TUI_MAP: 'moon' is not one of open, ")
    assert "'nobody' is no opponent" in last


def test_nothing_but_the_client_is_told_by_the_file(config: Path) -> None:
    config.write_text("[game]\nsize = 8\n[agent]\nk = 3\n")
    options = build_parser().parse_args(["match"])
    assert (options.size, options.k) == (10, None)
    assert os.environ["LD_TUI_HOME"]


def test_options_are_as_if_flags_had_said_it(config: Path) -> None:
    config.write_text('[game]\nopponent = "greedy"\n[screen]\nsound = true\n')
    options = settled("play", "-k", "2")
    assert (options.opponent, options.sound, options.k) == ("greedy", True, 2)
    assert settled("play", "--opponent", "perfect", "--no-sound").opponent == "perfect"
    assert settled("play", "--no-sound").sound is False


@pytest.mark.parametrize(
    ("text", "variables", "arguments", "level", "k"),
    [
        ("", {}, ["play"], "full", 5),
        ('level = "casual"', {}, ["play"], "casual", 6),
        ('level = "casual"', {}, [], "casual", 6),
        ('level = "casual"\nk = 2', {}, ["play"], "custom", 2),
        ("k = 2", {}, ["play", "--level", "casual"], "casual", 6),
        ("k = 2", {"LD_TUI_LEVEL": "casual"}, ["play", "-k", "3"], "custom", 3),
        ('level = "casual"', {"LD_TUI_LEVEL": "club"}, ["watch"], "club", 5),
        ('level = "casual"', {"LD_TUI_LEVEL": "club"}, ["play", "--level", "full"], "full", 5),
    ],
)
def test_a_level_comes_from_wherever_it_counts_most(
    text: str,
    variables: dict[str, str],
    arguments: list[str],
    level: str,
    k: int,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config.write_text(f"[agent]\n{text}\n")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ld = play_options(settled(*arguments))["ld"]
    assert (level_of(ld), ld["k"]) == (level, k)


def test_a_clock_is_a_setting(config: Path) -> None:
    assert play_options(settled("play"))["clock"] == 0
    config.write_text("[game]\nclock = 1.5\n")
    assert play_options(settled("play"))["clock"] == 90
    assert play_options(settled())["clock"] == 90
    assert play_options(settled("play", "--clock", "3"))["clock"] == 180


def test_the_schemas_levels_are_those_there_are() -> None:
    assert tuple(arena_levels.LEVELS) == LEVELS


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        ([], {"k": 5, "select": "s-llm"}),
        (["--level", "club"], {"k": 5, "select": "s-llm", "temperature": 0.5}),
        (["-k", "2", "--perfect", "0.5"], {"k": 2, "select": "s-llm", "perfect": 0.5}),
    ],
)
def test_lines_of_text_have_lds_strength(
    arguments: list[str], settings: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[Any] = []
    monkeypatch.setattr("ld_tui.plain.open.play_plain", lambda plan: plans.append(plan) or 0)
    assert main(["play", "--plain", "--side", "blue", *arguments]) == 0
    assert plans[0].ld == settings
    record = new_record("blue", "ld", 6, 3, None, plans[0].ld)
    assert record.orange.settings == settings


def test_lines_of_text_have_a_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    plans: list[Any] = []
    monkeypatch.setattr("ld_tui.plain.open.play_plain", lambda plan: plans.append(plan) or 0)
    for words, seconds in (([], 0), (["--clock", "3"], 180)):
        assert main(["play", "--plain", "--side", "blue", *words]) == 0
        assert plans[-1].clock == seconds
    record = new_record("blue", "ld", 6, 3, None, plans[-1].ld, plans[-1].clock)
    assert (record.blue.settings["clock"], record.orange.settings["clock"]) == (180, 180)
