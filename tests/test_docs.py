"""The pages that programs write: what they say is what the program is."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from ld_tui.cli import build_parser

DOCS = Path(__file__).parents[1] / "docs"


def script(name: str) -> ModuleType:
    """Load a script of docs/."""
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_the_reference_says_what_the_parser_says() -> None:
    page = script("make_cli").page()
    assert page == (DOCS / "cli.md").read_text(encoding="utf-8"), "run: python docs/make_cli.py"
    for word in ("### ld-tui functions search", "- `--progress {bar,json}`: ", "## Exit status"):
        assert word in page


def test_the_reference_is_the_same_in_every_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    make = script("make_cli")
    before = make.page()
    monkeypatch.setenv("COLUMNS", "40")
    assert make.page() == before
    assert max(map(len, make._synopsis(build_parser()))) <= make.WIDTH


def test_every_picture_has_a_name_and_steps_that_exist() -> None:
    shots = script("make_screenshots").SHOTS
    assert len({shot.name for shot in shots}) == len(shots)
    for shot in shots:
        for step in shot.steps:
            kind, colon, value = step.partition(":")
            assert not colon or (kind in ("type", "until", "not", "wait") and value), step


@pytest.mark.slow
def test_a_picture_is_taken_of_the_app_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    image = pytest.importorskip("PIL.Image")
    pytest.importorskip("matplotlib")
    make = script("make_screenshots")
    monkeypatch.setenv("LD_TUI_HOME", str(tmp_path))  # which it sets anew for every picture
    assert make.main(["--into", str(tmp_path), "bench-options"]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "bench-options.png")
    with image.open(tmp_path / "bench-options.png") as picture:
        assert picture.size[0] / 80 == picture.size[0] // 80
        assert len(picture.convert("RGB").getcolors(10_000)) > 20
    with pytest.raises(SystemExit):
        make.main(["nothing"])
    assert "no such picture: nothing" in capsys.readouterr().err
