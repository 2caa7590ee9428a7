"""The loss plot draws what the history holds, and says so where there is none."""

import json
from pathlib import Path

import pytest

from ld_tui.errors import UsageError

pytest.importorskip("matplotlib")


def test_every_part_of_the_loss_is_drawn(tmp_path: Path) -> None:
    from ld_tui.training.curves import plot_losses

    history = tmp_path / "loss.jsonl"
    lines = [{"step": 100, "answer": 2.0}, {"step": 200, "answer": 1.0, "features": 0.5}]
    history.write_text("".join(json.dumps(line) + "\n" for line in lines))
    plot_losses(history, tmp_path / "plots" / "loss.svg")
    drawn = (tmp_path / "plots" / "loss.svg").read_text()
    assert "<svg" in drawn
    history.write_text("")
    with pytest.raises(UsageError, match="empty"):
        plot_losses(history, tmp_path / "b.svg")
    with pytest.raises(UsageError, match="no losses"):
        plot_losses(tmp_path / "none.jsonl", tmp_path / "b.svg")
