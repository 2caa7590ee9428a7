"""docs/models.md: its walk-through, line by line, with our own model behind llama.cpp's server."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from ld_tui import paths
from ld_tui.cli import main
from ld_tui.llm.xllamacpp_backend import load_server

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
URL = "http://127.0.0.1:8080/v1"


def lines_of_the_walk_through() -> list[str]:
    part = PAGE.partition("## Bring your own model")[2].partition("\n## ")[0]
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", part, re.MULTILINE | re.DOTALL)
    return [line.strip() for line in "".join(blocks).splitlines()]


@pytest.mark.slow
def test_a_model_is_brought_as_file_as_server_as_player_and_for_good(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = load_server(paths.SHIPPED_SELECTOR)
    monkeypatch.setenv("LD_TUI_API_KEY", server.key)
    monkeypatch.chdir(ROOT)

    def run(line: str) -> str:
        words = shlex.split(line.replace(URL, server.url))
        assert words[0] == "ld-tui"
        assert main(words[1:]) == 0, line
        return capsys.readouterr().out

    def played(line: str) -> list[dict[str, Any]]:
        games: list[dict[str, Any]] = json.loads(run(line))["games"]
        return [{key: game[key] for key in game if "ms" not in key} for game in games]

    from_file, from_server, by_itself, for_good, show = lines_of_the_walk_through()
    games = played(from_file)
    assert [game["winner"] for game in games] == ["blue", "blue"]
    assert URL in from_server
    assert played(from_server) == games
    (game,) = played(by_itself)
    assert (game["winner"], game["illegal_blue"]) == ("orange", 8)
    run(for_good)
    assert re.search(rf"agent\.model +{re.escape(server.url)} +config\.toml", run(show))
