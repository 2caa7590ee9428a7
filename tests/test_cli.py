"""The command line: help, version, one-line errors with their exit status."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ld_tui import __version__
from ld_tui.cli import main

COMMANDS = (
    "play",
    "watch",
    "resume",
    "match",
    "analyze",
    "functions",
    "author",
    "replay",
    "export",
    "serve",
    "engine",
)


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)], ids=str)
def test_every_command_explains_itself(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main([*command, "--help"])
    assert left.value.code == 0
    assert "usage: ld-tui" in capsys.readouterr().out


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"ld-tui {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["analyze", "10 a1,c4 f5 b 0 0,0 -"], 2, "field 2"),
        (["analyze", "20 a1,c4,h8 f5 b 0 0,0 -"], 4, "20x20"),
        (["replay", "--text", "no-such-file.toml"], 3, "no-such-file.toml"),
        (["export", "no-such-file.toml", "--to", "svg"], 3, "no-such-file.toml"),
        (["functions", "show", "no_such_function"], 3, "no_such_function"),
        (["functions", "list", "--functionbase", "no-such-folder"], 3, "no-such-folder"),
        (["match", "--resume"], 2, "--saves"),
        (["match", "--functions", "nosuch_*"], 2, "is the name of none"),
        (["match", "--map", "labyrinth"], 2, "pillars"),
        (["match", "--map", "corridor", "--size", "12"], 2, "8, 10"),
        (["author", "--map", "labyrinth", "--into", "base"], 2, "labyrinth"),
        (
            ["author", "--rules", "no-such.toml", "--into", "base"],
            2,
            "no-such.toml: can't be read: No such file or directory\n",
        ),
        (["functions", "new", "own", "--stage", "foo"], 3, "no stage 'foo'; use blue/"),
        (["author", "--map", "ring", "--into", "base", "--by", "l-llm"], 2, "LD_TUI_LLM_URL"),
        (["play"], 2, "no terminal"),
        (["play", "--map", "ring"], 2, "no terminal"),
        (["play", "--map", "labyrinth"], 2, "no map 'labyrinth'"),
        (["play", "--side", "blue", "--map", "corridor", "--size", "12"], 2, "8, 10"),
        (["watch", "--map", "halls", "--size", "9"], 2, "not drawn for size 9"),
        (
            ["match", "--starts", "no-such-file", "--games", "1"],
            2,
            "no-such-file: can't be read: No such file or directory\n",
        ),
        (["engine", "--model", "no-such.gguf"], 2, "no-such.gguf"),
        (["play", "--functionbase", "no-such-folder"], 2, "no-such-folder"),
        (["bench", "--suite", "emergency", "--opponents", "greedy"], 2, "--suite paper"),
        (["bench", "--suite", "emergency", "--sides", "blue"], 2, "--suite paper"),
        (["bench", "--kinds", "storm"], 2, "--kinds is for --suite emergency"),
        (["bench", "--authors", "none"], 2, "--authors is for --suite emergency"),
        (["match", "--emergencies", "storm@500"], 2, "a game has 100 steps"),
        (["match", "--emergencies", ""], 2, "'' is no emergency to come"),
        (["functions", "effect", "strike"], 2, "--when TEXT"),
        (["functions", "effect", "strike", "--when", ""], 2, "--when TEXT"),
        (["play", "--author", "bob"], 2, "no author 'bob'"),
        (["watch", "--plain", "--author", "l-llm"], 2, "LD_TUI_LLM_URL"),
        (["play", "--plain", "--embedder", "/nope"], 2, "no such folder of an embedding model"),
        (["resume", "--embedder", "./nope"], 2, "no such folder of an embedding model"),
        (["replay", "--author", "bob", "no-such-folder"], 2, "no author 'bob'"),
        (["play", "--embedder", "someone/a-model"], 2, "no terminal"),
        (["functions", "search", "corner", "--embedder", "no-such-model"], 4, "no-such-model"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_what_is_wrong_is_said_in_one_line(
    arguments: list[str], status: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == status
    said = capsys.readouterr().err
    assert says in said
    assert said.startswith("ld-tui: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("size", ["5", "21", "ten", "-1", "٣"])
def test_impossible_sizes_are_refused_by_the_parser(size: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["match", "--size", size])
    assert left.value.code == 2


def test_what_a_verb_does_not_know_is_told_with_its_own_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["functions", "value", "nosuch"])
    assert capsys.readouterr().err.startswith("usage: ld-tui functions value ")


def test_a_game_that_goes_on_takes_no_map() -> None:
    with pytest.raises(SystemExit) as left:
        main(["resume", "--map", "ring"])
    assert left.value.code == 2


def test_analyze_prints_the_documented_json(capsys: pytest.CaptureFixture[str]) -> None:
    position = "6 a1,c4,d2 f5 o 3 0,0 -"
    assert main(["analyze", position, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"position", "value", "moves"}
    assert found["position"] == position
    assert all(set(move) == {"move", "value", "regret"} for move in found["moves"])
    assert found["moves"][0]["regret"] == 0
    regrets = [move["regret"] for move in found["moves"]]
    assert regrets == sorted(regrets)


def test_a_match_prints_nothing_but_json(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = "match --blue perfect --orange random --games 3 --size 6 --seed 4 --json"
    assert main(arguments.split()) == 0
    found = json.loads(capsys.readouterr().out)
    keys = {
        "start",
        "winner",
        "reason",
        "steps",
        "par",
        "illegal_blue",
        "illegal_orange",
        "ms_per_decision",
    }
    assert len(found["games"]) == 3
    assert all(keys <= set(game) for game in found["games"])
    assert all(game["steps"] <= game["par"] for game in found["games"])


def test_the_module_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ld_tui", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"ld-tui {__version__}\n"


def test_a_match_starts_from_given_positions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    starts = tmp_path / "starts.txt"
    starts.write_text("6 a1,c4,d2 f5 b 0 0,0 -\n6 a1,a2,a3 f6 b 0 0,0 -\n")
    arguments = ["match", "--blue", "perfect", "--orange", "perfect", "--starts", str(starts)]
    assert main([*arguments, "--json"]) == 0
    games = json.loads(capsys.readouterr().out)["games"]
    assert [game["start"] for game in games] == starts.read_text().splitlines()
    assert all(game["steps"] == game["par"] for game in games)


def test_a_match_on_a_map_has_its_par(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = "match --blue perfect --orange perfect --games 2 --size 8 --map ring --json"
    assert main(arguments.split()) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["summary"]["map"] == "ring"
    assert all("roadblock:c3," in game["start"] for game in found["games"])
    assert all(game["steps"] == game["par"] for game in found["games"])


@pytest.mark.slow
def test_a_base_is_authored_for_rules_from_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "crooked.toml"
    picture = ".#....\n......\n...##.\n......\n.....#\n......\n"
    board = f"[[board]]\nsize = 6\npicture = '''\n{picture}'''\n"
    rules.write_text(f'title = "Crooked"\nabout = "Not the same from any side."\n{board}')
    into = tmp_path / "base"
    command = ["author", "--rules", str(rules), "--into", str(into)]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 12 + 4 + 8 + 3
    assert all("  best in " in line for line in lines)
    assert main(["functions", "list", "--functionbase", str(into)]) == 0
    capsys.readouterr()
    assert main(command) == 0
    assert all(line.endswith(", kept") for line in capsys.readouterr().out.splitlines())
