"""`ld-tui functions edit` and its kind: what is printed, what is applied, what is kept."""

import sys
from pathlib import Path

import pytest

from ld_tui.authoring.handoff import editor_command
from ld_tui.cli import main
from ld_tui.errors import UsageError
from ld_tui.functionbase.store import load

SHIPPED = Path(__file__).parents[2] / "functionbase"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Return a function that runs a verb; it gives the status, what was printed, and errors."""

    def call(*words: str) -> tuple[int, str, str]:
        status = main(["functions", *words])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


@pytest.fixture
def base(own_home: Path) -> Path:
    """Where the user's own function base will be."""
    return own_home / "functionbase"


def editor(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    """Let an editor replace a text."""
    code = (
        "import pathlib, sys; path = pathlib.Path(sys.argv[-1]); "
        f"path.write_text(path.read_text().replace({old!r}, {new!r}))"
    )
    monkeypatch.setenv("VISUAL", f'{sys.executable} -c "{code}"')


def test_a_manual_is_edited_applied_diffed_and_restored(run, base: Path, monkeypatch) -> None:
    before = load(SHIPPED).text_of("pincer_row")
    editor(monkeypatch, "on both its west side", "besieged on its west side")
    status, out, _ = run("edit", "pincer_row")
    assert (status, load(base).get("pincer_row").when.count("besieged")) == (0, 1)
    assert "applied: blue/plan/pincer_row, version 2" in out
    assert "not taught: besieged" in out
    assert (base / "index.ann").is_file()
    status, out, _ = run("history", "pincer_row")
    assert [line.split()[0] for line in out.splitlines()] == ["1", "2"]
    assert "+1 -1" in out
    assert '-when = "When orange has dots on both' in run("diff", "pincer_row")[1]
    assert run("restore", "pincer_row", "1")[0] == 0
    assert load(base).text_of("pincer_row") == before
    assert "is that already" in run("restore", "pincer_row", "1")[1]
    assert load(SHIPPED).text_of("pincer_row") == before


def test_a_text_that_fails_is_a_draft_that_is_gone_on_with(run, base: Path, monkeypatch) -> None:
    editor(monkeypatch, "summary =", "sumary =")
    status, out, err = run("edit", "pincer_row")
    assert status == 1
    assert "line 4: manual: sumary: unknown key" in err
    assert "kept as a draft" in out
    assert load(base).get("pincer_row").summary.startswith("Dots west and east")
    editor(monkeypatch, "sumary =", "# mended\nsummary =")
    status, out, _ = run("edit", "pincer_row")
    assert status == 0
    assert "going on with the draft" in out
    assert "# mended" in load(base).text_of("pincer_row")


def test_an_editor_that_changes_nothing_leaves_nothing(run, base: Path, monkeypatch) -> None:
    editor(monkeypatch, "", "")
    assert run("edit", "pincer_row")[1] == "nothing changed\n"
    assert run("history", "pincer_row")[1].startswith("blue/plan/pincer_row has no versions yet")
    assert not base.exists()


def test_a_function_is_begun_from_a_template_and_from_another(run, base: Path, monkeypatch) -> None:
    editor(monkeypatch, "return near", "return list(near)")
    status, out, _ = run("new", "my_own", "--stage", "blue/plan")
    assert (status, out.splitlines()[-1]) == (0, "applied: blue/plan/my_own, version 1")
    chase = str(SHIPPED / "blue/plan/chase.toml")
    status, _, err = run("new", "twin", "--like", "dodge", "--file", chase)
    assert status == 1
    assert "line 1: manual: blue/plan has a function chase already" in err
    editor(monkeypatch, "chase", "twin")
    assert run("edit", "twin")[0] == 0
    assert load(base).get("twin").stage == "plan"
    editor(monkeypatch, "", "")
    assert run("new", "other", "--like", "dodge")[0] == 0
    assert load(base).get("other").provenance.parent == "dodge"
    assert load(base).get("my_own").origin == "user"


def test_a_template_left_as_it_is_adds_nothing(run, base: Path, monkeypatch) -> None:
    editor(monkeypatch, "", "")
    assert run("new", "my_own")[:2] == (0, "the template is as it was; nothing added\n")
    assert "no function 'my_own'" in run("edit", "my_own")[2]
    assert load(base).names == load(SHIPPED).names
    monkeypatch.setenv("VISUAL", "false")
    assert run("new", "my_own")[0] == 2
    assert run("new", "my_own", "--file", "no-such-file")[0] == 3
    assert "no function 'my_own'" in run("edit", "my_own")[2]


def test_a_function_is_disabled_enabled_deleted_and_brought_back(run, base: Path) -> None:
    assert run("disable", "dodge")[:2] == (0, "disabled: orange/move/dodge\n")
    assert "is disabled already" in run("disable", "dodge")[1]
    assert load(base).get("dodge") is None
    assert "  (disabled) " in next(
        line for line in run("list")[1].splitlines() if line.startswith("  dodge ")
    )
    status, out, err = run("show", "dodge")
    assert (status, out) == (0, load(SHIPPED).text_of("dodge"))
    assert err == "ld-tui: dodge is disabled; `ld-tui functions enable dodge` takes it into use\n"
    assert run("check", "dodge")[::2] == (3, err)
    assert run("enable", "dodge")[0] == 0
    assert "`ld-tui functions restore dodge 1` brings it back" in run("delete", "dodge")[1]
    assert load(base).get("dodge") is None
    for verb in ("show", "edit", "disable"):
        status, _, err = run(verb, "dodge")
        assert status == 3
        assert "no function 'dodge' any more; `ld-tui functions restore dodge 1` brings it" in err
    assert run("restore", "dodge", "1")[0] == 0
    assert load(base).text_of("dodge") == load(SHIPPED).text_of("dodge")


def test_a_file_that_changes_under_the_editor_is_told_and_kept(
    run, base: Path, monkeypatch, capsys
) -> None:
    run("disable", "dodge")
    run("enable", "dodge")
    file = base / "blue/plan/pincer_row.toml"
    code = (
        "import pathlib, sys; path = pathlib.Path(sys.argv[-1]); text = path.read_text(); "
        f"pathlib.Path({str(file)!r}).write_text(text + '# theirs'); "
        "path.write_text(text + '# mine')"
    )
    monkeypatch.setenv("VISUAL", f'{sys.executable} -c "{code}"')
    status, out, _ = run("edit", "pincer_row")
    assert status == 1
    assert "changed outside since it was opened" in out
    assert "+# theirs" in out
    assert file.read_text(encoding="utf-8").endswith("# theirs")
    assert (base / ".drafts/blue/plan/pincer_row.toml").read_text("utf-8").endswith("# mine")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["edit", "pincer_rw"], "did you mean 'pincer_row'?"),
        (["restore", "dodge", "3"], "dodge has no version 3; it has none yet"),
        (["new", "A"], "is not a name"),
        (["new", "mine", "--stage", "blue"], "there is no stage 'blue'; use blue/"),
        (["new", "dodge"], "there is a function dodge already"),
        (["diff", "nothing_like_it"], "there is no function"),
    ],
)
def test_what_cant_be_done_is_said_in_one_line(run, words: list[str], line: str) -> None:
    status, _, err = run(*words)
    assert status == 3
    assert line in err
    assert err.count("\n") == 1


def test_the_editor_is_the_persons() -> None:
    assert editor_command({"VISUAL": "sh -c x", "EDITOR": "no"}) == ["sh", "-c", "x"]
    assert editor_command({"EDITOR": "sh"}) == ["sh"]
    with pytest.raises(UsageError, match="VISUAL is 'nowhere'"):
        editor_command({"VISUAL": "nowhere"})
