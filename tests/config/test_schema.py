"""The schema: every value goes through text, TOML and JSON Schema and stays what it is."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from ld_tui.config.kinds import RESERVED, Choice, Keys, Number, Switch, Text
from ld_tui.config.load import check, load
from ld_tui.config.schema import SETTINGS, Config, Setting, json_schema
from ld_tui.config.store import template, write

_WORDS = st.text("abcdefghijklmnopqrstuvwxyz_.", min_size=1, max_size=12)


@pytest.fixture(autouse=True)
def server_of_the_author(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the server that the author l-llm needs."""
    monkeypatch.setenv("LD_TUI_LLM_URL", "http://127.0.0.1:1/v1")


def values_of(setting: Setting) -> st.SearchStrategy[Any]:
    match setting.kind:
        case Switch():
            return st.booleans()
        case Choice(choices=choices):
            return st.sampled_from(choices)
        case Number(low=low, high=high, is_whole=True):
            return st.integers(int(low), int(high))
        case Number(low=low, high=high):
            return st.floats(low, high)
        case Text():
            return st.text(st.characters(min_codepoint=32, max_codepoint=1000), max_size=30).filter(
                lambda text: text.isprintable() and not text.startswith(("http:", "https:"))
            )
        case Keys():
            keys = st.sampled_from(["i", "ctrl+t", "f3,i", "comma"])
            return st.dictionaries(_WORDS, keys, max_size=4)
    raise AssertionError(f"{setting.key}: no values are known of {setting.kind}")


@given(st.data(), st.sampled_from(list(SETTINGS.values())))
def test_a_value_survives_text_and_toml(data: st.DataObject, setting: Setting) -> None:
    value = data.draw(values_of(setting))
    assert setting.parse(setting.show(value)) == value
    assert setting.kind.read(value) == value
    written = tomllib.loads(tomlkit.dumps({"value": value}))["value"]
    assert setting.kind.read(written) == value


@given(st.data(), st.sampled_from([one for one in SETTINGS.values() if not one.is_place]))
def test_a_value_survives_the_file(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, setting: Setting
) -> None:
    value = data.draw(values_of(setting))
    path = tmp_path_factory.mktemp("config") / "config.toml"
    write(path, setting, value)
    loaded = load(environ={}, path=path)
    assert not loaded.problems
    found = loaded.value(setting)
    if setting.name == "saves" and value:
        assert Path(found) == path.parent / Path(value).expanduser()
    else:
        assert found == value


@given(st.text(max_size=20), st.sampled_from(list(SETTINGS.values())))
def test_any_text_is_read_or_refused(text: str, setting: Setting) -> None:
    try:
        value = setting.parse(text)
    except ValueError:
        return
    assert setting.kind.read(value) == value


def test_every_default_is_one_of_its_kind_and_names_are_told_apart() -> None:
    config = Config()
    for setting in SETTINGS.values():
        assert setting.kind.read(setting.default) == getattr(config, setting.name)
        assert setting.help
    assert len({one.environ for one in SETTINGS.values()}) == len(SETTINGS)
    flags = [one.flag for one in SETTINGS.values() if one.flag]
    assert len(set(flags)) == len(flags)


def test_the_json_schema_tells_of_every_setting() -> None:
    properties = json.loads(json.dumps(json_schema()))["properties"]
    for key, setting in SETTINGS.items():
        section, _, name = key.partition(".")
        told = properties[section]["properties"][name] if name else properties[section]
        assert told["default"] == setting.default
        assert told["description"] == setting.help


def test_the_template_is_a_valid_file_that_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(template())
    assert check(path) == ()
    assert load(environ={}, path=path).config == Config()
    uncommented = "\n".join(
        line.removeprefix("# ") if " = " in line else line for line in template().splitlines()
    )
    path.write_text(uncommented)
    assert load(environ={}, path=path).problems == ()


@pytest.mark.parametrize("key", RESERVED)
def test_a_keymap_takes_no_key_of_quit(key: str) -> None:
    with pytest.raises(ValueError, match="whatever the keymap says"):
        Keys().read({"play.hint.h": f"i,{key.upper()}"})


def test_nested_names_of_bindings_are_one() -> None:
    table = tomllib.loads('play.hint.h = "i"\n"play.undo.u" = "z"')
    assert Keys().read(table) == {"play.hint.h": "i", "play.undo.u": "z"}
