"""The example games in saves/examples are whole and replay."""

from pathlib import Path

import pytest

from ld_tui.arena.replay import replay_text
from ld_tui.arena.saves import read_save
from ld_tui.game.record import current
from ld_tui.game.rules import outcome

EXAMPLES = sorted((Path(__file__).parents[2] / "saves" / "examples").glob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_replays_to_its_end(path: Path) -> None:
    record = read_save(path)
    assert outcome(current(record)) == record.result is not None
    assert len(list(replay_text(path))) > len(record.turns)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3
