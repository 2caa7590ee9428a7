"""`ld-tui export`: names, files that are there already, and what is refused in one line."""

import shutil
from pathlib import Path

import pytest

from ld_tui.arena.replay import replay_text
from ld_tui.arena.saves import read_save
from ld_tui.cli import main
from ld_tui.errors import SaveError, UsageError
from ld_tui.export.command import KINDS, SUFFIXES, export_game, exported

EXAMPLES = sorted((Path(__file__).parents[2] / "saves" / "examples").glob("*.toml"))
BEGINS = {"text": "blue: ", "svg": "<?xml", "cast": '{"version": 2', "html": "<!doctype html>"}


@pytest.fixture
def save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return Path(shutil.copy(EXAMPLES[0], tmp_path / "one.toml"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_save_is_exported_beside_where_one_is(
    kind: str, save: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(save), "--to", kind, "--no-values"]) == 0
    out = Path(f"one{SUFFIXES[kind]}")
    assert capsys.readouterr().out == f"{out}\n"
    assert out.read_text(encoding="utf-8").startswith(BEGINS[kind])
    assert [path.name for path in Path().iterdir()] == [out.name]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_game_is_exported_to_the_same_bytes(kind: str, path: Path) -> None:
    assert exported(read_save(path), kind) == exported(read_save(path), kind)


def test_text_is_what_replay_prints(save: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(save), "--to", "text", "-o", "-"]) == 0
    assert capsys.readouterr().out == "\n".join(replay_text(save)) + "\n"


def test_nothing_is_written_over_unless_asked_for(save: Path) -> None:
    there = Path("one.svg")
    there.write_text("precious")
    with pytest.raises(UsageError, match=r"one\.svg: exists already; --force"):
        export_game(save, "svg", Path())
    assert there.read_text() == "precious"
    assert export_game(save, "svg", Path(), force=True) == there
    assert there.read_text().startswith("<?xml")


def test_the_saved_game_itself_is_never_written_over(save: Path) -> None:
    before = save.read_bytes()
    with pytest.raises(UsageError, match="the saved game itself"):
        export_game(save, "html", save, force=True)
    assert save.read_bytes() == before


def test_records_in_a_folder_get_free_names(save: Path, tmp_path: Path) -> None:
    record = read_save(save)
    names = [export_game(record, "cast", tmp_path).name for _ in range(3)]
    assert names == ["game.cast", "game-2.cast", "game-3.cast"]


def test_a_place_that_is_none_is_told_in_one_line(save: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SaveError, match="can't be written: "):
        export_game(save, "svg", tmp_path / "file" / "one.svg")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--to", "html", "--steps", "1"], "--steps chooses panels of an SVG"),
        (["--to", "svg", "--steps", "90"], "it has 0 (the start) to"),
    ],
)
def test_what_makes_no_sense_is_refused(
    arguments: list[str], says: str, save: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(save), *arguments, "--no-values"]) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1
    assert not list(Path().iterdir())


@pytest.mark.parametrize("steps", ["x", "1-", "-1", "3-2", "", "1,,2", "99999"])
def test_a_list_of_steps_that_is_none_is_refused(
    steps: str, save: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["export", str(save), "--to", "svg", f"--steps={steps}"])
    assert left.value.code == 2
    assert "write a list such as 0,3-5" in capsys.readouterr().err
