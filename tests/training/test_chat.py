"""The labels as prompts and answers: what play asks, and what the teacher says to it."""

import json
from pathlib import Path

import pytest

from ld_tui import paths
from ld_tui.agent.prompt import LABELS, selection_prompt
from ld_tui.functionbase.store import FunctionBase, load
from ld_tui.game.describe import state_text
from ld_tui.game.notation import parse_position
from ld_tui.llm.server_backend import chat_question
from ld_tui.training.__main__ import main
from ld_tui.training.chat import Example, examples
from ld_tui.training.composed import Composed, read_composed
from ld_tui.training.labels import Labels, read_labels

SAMPLE = Path(__file__).parent / "sample"
"""A small sample of what the steps `labels` and `programs` write."""


@pytest.fixture(scope="module")
def base() -> FunctionBase:
    return load(paths.packaged_functionbase())


@pytest.fixture(scope="module")
def labels() -> list[Labels]:
    return read_labels(SAMPLE / "labels")


@pytest.fixture(scope="module")
def composed(labels: list[Labels]) -> list[Composed]:
    return [read_composed(SAMPLE / "programs", each) for each in labels]


@pytest.fixture(scope="module")
def found(base: FunctionBase, labels: list[Labels], composed: list[Composed]) -> list[Example]:
    return list(examples(base, labels, composed, seed=1))


def test_the_answer_is_a_best_candidate_and_not_all_are(found: list[Example]) -> None:
    assert {(each.side, each.stage) for each in found} == {
        (side, stage) for side in ("blue", "orange") for stage in ("plan", "move")
    }
    for each in found:
        assert each.regrets[LABELS.index(each.answer)] == 0
        assert max(each.regrets) > 0
    assert {each.answer for each in found} == set("ABCDE")


def test_the_prompt_ends_as_the_prompt_of_play_does(
    found: list[Example], base: FunctionBase
) -> None:
    """State and question are those of play, and the manuals stand between them."""
    for each in (one for one in found if one.stage == "plan"):
        question = next(s.question for s in base.stages_of(each.side) if s.name == "plan")
        state = state_text(parse_position(each.position), "plan")
        bare = chat_question(selection_prompt(question, [], state), LABELS[: len(each.regrets)])
        start, end = bare.split(" ; ", 1)
        assert each.prompt.startswith(start)
        assert each.prompt.endswith(end)
        assert all(f" {label} : " in each.prompt for label in LABELS[: len(each.regrets)])


def test_held_out_games_stay_apart(found: list[Example], labels: list[Labels]) -> None:
    games = {
        (one.side, one.stage, str(text)): int(game)
        for one in labels
        for text, game in zip(one.positions, one.games, strict=True)
    }
    assert any(each.is_held_out for each in found)
    for each in found:
        assert each.is_held_out is (games[each.side, each.stage, each.position] % 10 == 0)


def test_the_same_seed_gives_the_same_examples(
    found: list[Example], base: FunctionBase, labels: list[Labels], composed: list[Composed]
) -> None:
    assert list(examples(base, labels, composed, seed=1)) == found
    assert list(examples(base, labels, composed, seed=2)) != found


def test_the_command_writes_both_files(tmp_path: Path, found: list[Example]) -> None:
    out = tmp_path / "chat"
    arguments = ["export", "--format", "chat-jsonl", "--folder", str(SAMPLE), "--out", str(out)]
    assert main(arguments) == 0
    lines = [
        json.loads(line)
        for name in ("train.jsonl", "held_out.jsonl")
        for line in (out / name).read_text(encoding="utf-8").splitlines()
    ]
    assert len(lines) == len(found)
    wanted = [each.to_dict() for each in sorted(found, key=lambda one: one.is_held_out)]
    assert lines == wanted
    assert [each["role"] for each in lines[0]["messages"]] == ["user", "assistant"]


def test_without_labels_the_command_says_which_step_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--folder", str(tmp_path)]) == 2
    assert "run `python -m ld_tui.training labels` first" in capsys.readouterr().err
