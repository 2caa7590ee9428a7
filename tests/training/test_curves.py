"""The plots draw what a history holds, and say so where there is none."""

import json
from pathlib import Path

import pytest

from ld_tui.errors import UsageError
from ld_tui.training.curves import History, plot_history

pytest.importorskip("matplotlib")


def test_losses_and_held_out_figures_are_drawn(tmp_path: Path) -> None:
    history = History(tmp_path / "loss.jsonl")
    history.losses(100, {"answer": 2.0})
    history.losses(200, {"answer": 1.0, "features": 0.5})
    history.held_out(200, {"blue plan": 0.9})
    plot_history(tmp_path / "loss.jsonl", tmp_path / "plots" / "loss.svg")
    drawn = (tmp_path / "plots" / "loss.svg").read_text()
    for name in ("answer", "features", "blue plan", "on held-out states"):
        assert f"<!-- {name} -->" in drawn


def test_without_lines_there_is_nothing_to_draw(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(UsageError, match="empty"):
        plot_history(tmp_path / "empty.jsonl", tmp_path / "b.svg")
    with pytest.raises(UsageError, match="no losses"):
        plot_history(tmp_path / "none.jsonl", tmp_path / "b.svg")


def test_a_run_that_goes_on_drops_what_came_after_its_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "loss.jsonl"
    first = History(path)
    for step in (100, 200, 300):
        first.losses(step, {"answer": 1.0})
    History(path, 200).losses(300, {"answer": 0.5})
    steps = [json.loads(line) for line in path.read_text().splitlines()]
    assert [each["step"] for each in steps] == [100, 200, 300]
    assert steps[-1]["answer"] == 0.5
    History(path)
    assert path.read_text() == ""
