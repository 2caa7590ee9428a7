"""What wins, where it came from, and that a bad file costs no more than what is bad in it."""

import itertools
from pathlib import Path

import pytest

from ld_tui.config.load import Origin, Source, load, nearest
from ld_tui.config.schema import BY_NAME, SETTINGS, Config

SIZES = {Source.FILE: 7, Source.ENVIRONMENT: 8, Source.FLAG: 9}
STRONGEST_LAST = list(SIZES)


@pytest.mark.parametrize(
    "given",
    [set(some) for count in range(4) for some in itertools.combinations(SIZES, count)],
    ids=lambda given: "+".join(sorted(given)) or "nothing",
)
def test_the_strongest_source_wins(given: set[Source], tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"\n[game]\nsize = {SIZES[Source.FILE]}\n" if Source.FILE in given else "")
    environ = {"LD_TUI_SIZE": "8"} if Source.ENVIRONMENT in given else {}
    flags = {"size": 9} if Source.FLAG in given else {"size": None}
    loaded = load(flags, environ, path)
    winner = max(given, key=STRONGEST_LAST.index, default=Source.DEFAULT)
    origin = loaded.origin(BY_NAME["size"])
    assert origin.source == winner
    assert loaded.config.size == SIZES.get(winner, 10)
    where = {"default": "default", "file": "config.toml:3", "environment": "LD_TUI_SIZE"}
    assert str(origin) == where.get(winner, "--size")


def test_every_problem_of_a_file_is_told_at_once_and_the_rest_counts(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        "speed = 3\n"
        "[screen]\n"
        'thme = "light"  # not a word\n'
        "motion = false\n"
        "[game]\n"
        "size = 30\n"
        'opponent = "stockfish"\n'
        "[agent]\n"
        'model = "nowhere.gguf"\n'
        "[keys]\n"
        'play.hint.h = "ctrl+q"\n'
        '"play.undo.u" = "z"\n'
    )
    loaded = load(environ={}, path=path)
    told = [str(problem) for problem in loaded.problems]
    starts = [
        "config.toml:1: speed: there is no such setting",
        "config.toml:3: screen.thme: there is no such setting; the nearest is screen.theme",
        "config.toml:6: game.size: 30 is not a whole number from 6 to 20; 10 is used",
        "config.toml:7: game.opponent: 'stockfish' is not one of ld, perfect, greedy, random",
        "config.toml:9: agent.model: ",
        "config.toml:11: keys.play.hint.h: ctrl+q is Quit",
    ]
    assert len(told) == len(starts)
    for line, start in zip(told, starts, strict=True):
        assert line.startswith(start)
    assert not loaded.config.motion
    assert loaded.config.size == 10
    assert loaded.config.keys == {"play.undo.u": "z"}
    assert loaded.summary().startswith("6 settings can't be used")
    assert loaded.problem(SETTINGS["game.size"]) == loaded.problems[-4]
    mended = loaded.with_value(SETTINGS["game.size"], 9, Origin(Source.FILE, "config.toml"))
    assert mended.problem(SETTINGS["game.size"]) is None
    assert len(mended.problems) == len(loaded.problems) - 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[screen]\ntheme = \n", "config.toml:2: no TOML: "),
        (b"[screen\n", "config.toml:1: no TOML: "),
        (b"\xff\xfe", "config.toml: can't be read (it is not UTF-8)"),
        (b"screen = 3\n", "config.toml:1: screen: it has to be a table"),
        (b"keys = 3\n", "config.toml:1: keys: 3 is not a table of keys"),
    ],
)
def test_a_broken_file_leaves_the_defaults(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    loaded = load(environ={}, path=path)
    assert loaded.config == Config()
    (problem,) = loaded.problems
    assert str(problem).startswith(says)


def test_a_folder_in_the_files_place_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    loaded = load(environ={}, path=tmp_path)
    assert loaded.config == Config()
    assert "can't be read" in loaded.summary()


def test_a_bad_variable_is_told_and_the_file_counts(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[game]\nsize = 7\n")
    loaded = load(environ={"LD_TUI_SIZE": "huge"}, path=path)
    assert loaded.config.size == 7
    assert loaded.summary().startswith("LD_TUI_SIZE: 'huge' is not a whole number")


@pytest.mark.parametrize(
    ("text", "letters"), [("1", "on"), ("0", "off"), ("", "off"), ("yes", "on"), ("auto", "auto")]
)
def test_letters_by_the_environment(text: str, letters: str, tmp_path: Path) -> None:
    loaded = load(environ={"LD_TUI_ASCII": text}, path=tmp_path / "none.toml")
    assert loaded.config.ascii == letters


def test_a_path_in_the_file_starts_at_the_file(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    path = tmp_path / "config.toml"
    path.write_text('[folders]\nfunctionbase = "base"\n')
    assert load(environ={}, path=path).config.functionbase == str(tmp_path / "base")


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("screen.foo", None),
        ("agent.x", None),
        ("screen.motoin", "screen.motion"),
        ("scren.theme", "screen.theme"),
        ("theme", "screen.theme"),
        ("kyes", "keys"),
    ],
)
def test_the_nearest_is_named_only_where_it_is_near(key: str, meant: str | None) -> None:
    assert nearest(key) == meant


@pytest.mark.parametrize(
    ("name", "used"),
    [("base", "base"), ("someone/a-model", "someone/a-model"), ("./base", None), ("/nope", "")],
)
def test_an_embedder_is_a_folder_where_it_looks_like_a_path(
    name: str, used: str | None, tmp_path: Path
) -> None:
    (tmp_path / "base").mkdir()
    path = tmp_path / "config.toml"
    path.write_text(f'[agent]\nembedder = "{name}"\n')
    loaded = load(environ={}, path=path)
    assert loaded.config.embedder == (str(tmp_path / "base") if used is None else used)
    assert loaded.summary().startswith("config.toml:2: agent.embedder: /nope: ") == (used == "")


def test_the_author_l_llm_needs_its_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"LD_TUI_AUTHOR": "l-llm"}
    monkeypatch.delenv("LD_TUI_LLM_URL", raising=False)
    loaded = load(environ=environ, path=tmp_path / "none.toml")
    assert loaded.config.author == "composer"
    assert loaded.summary() == (
        "LD_TUI_AUTHOR: l-llm needs a server, and LD_TUI_LLM_URL names none; not used"
    )
    monkeypatch.setenv("LD_TUI_LLM_URL", "http://127.0.0.1:8080/v1")
    assert load(environ=environ, path=tmp_path / "none.toml").config.author == "l-llm"


@pytest.mark.parametrize("where", ["file", "environment"])
def test_a_secret_in_a_url_is_refused_and_not_repeated(where: str, tmp_path: Path) -> None:
    url, path = "https://me:hunter2@host/v1", tmp_path / "config.toml"
    if where == "file":
        path.write_text(f'[agent]\nmodel = "{url}"\n')
    loaded = load(environ={"LD_TUI_MODEL": url} if where == "environment" else {}, path=path)
    assert loaded.config.model == ""
    assert "LD_TUI_API_KEY" in loaded.summary()
    assert "hunter2" not in loaded.summary()
