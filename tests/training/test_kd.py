"""The KD baseline is taught best moves of the very prompts that it is asked in play."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sentencepiece
import torch

from ld_tui.arena.direct import move_prompt
from ld_tui.game.board import cells, format_cell
from ld_tui.game.notation import format_move, parse_move, parse_position
from ld_tui.game.rules import Side, illegality
from ld_tui.llm.completer import load_completer
from ld_tui.tablebase.tables import Tables
from ld_tui.training import kd_lessons, kd_ship
from ld_tui.training.kd import Task, answer_loss, batches, make_batch, tasks, train
from ld_tui.training.kd_lessons import (
    OUTPUTS,
    STARTS,
    Lesson,
    digest,
    lessons_at,
    make_lessons,
    teach,
    train_tokenizer,
)
from ld_tui.training.model import Llama, ModelConfig
from ld_tui.training.selector import Recipe

COUNTS = {Side.BLUE: 60, Side.ORANGE: 40}


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kd_lessons, "SIZES", ((6, 1.0),))
        patch.setattr(kd_lessons, "VOCABULARY", 600)
        patch.setattr(kd_lessons, "STARTS", 9)
        patch.setattr(kd_lessons, "OUTPUTS", COUNTS)
        patch.setattr(kd_lessons, "HELD_OUT_STARTS", 3)
        patch.setattr(kd_lessons, "HELD_OUT", {Side.BLUE: 12, Side.ORANGE: 8})
        yield


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables()


@pytest.fixture(scope="module")
def lessons(tables: Tables) -> list[Lesson]:
    return make_lessons(tables, 1, 9, COUNTS)


@pytest.fixture(scope="module")
def tokenizer(lessons: list[Lesson], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kd") / "tokenizer.model"
    train_tokenizer(lessons, path)
    return path


@pytest.fixture(scope="module")
def taught(lessons: list[Lesson], tokenizer: Path) -> list[Task]:
    return tasks(lessons, sentencepiece.SentencePieceProcessor(model_file=str(tokenizer)))


def test_every_lesson_is_a_best_move(lessons: list[Lesson], tables: Tables) -> None:
    assert len(lessons) == sum(COUNTS.values())
    for lesson in lessons:
        position, move = parse_position(lesson.position), parse_move(lesson.move)
        assert illegality(position, move) is None
        table = tables.for_position(position)
        best = [each.move for each in table.analysis(position).moves if each.regret == 0]
        assert move in best
        assert teach(position, table) == move


def test_no_board_is_taught_twice_and_the_counts_are_kept(lessons: list[Lesson]) -> None:
    boards = [lesson.position.split()[:4] for lesson in lessons]
    assert len({tuple(board) for board in boards}) == len(boards)
    assert {side: sum(board[3] == side[0] for board in boards) for side in Side} == COUNTS


def test_the_same_seed_teaches_the_same(lessons: list[Lesson], tables: Tables) -> None:
    assert make_lessons(tables, 1, 9, COUNTS) == lessons
    assert make_lessons(tables, 2, 9, COUNTS) != lessons


def test_lessons_are_kept_and_those_held_out_are_not_taught(
    lessons: list[Lesson], tables: Tables, tmp_path: Path
) -> None:
    first = lessons_at(tmp_path, tables, 1)
    assert first[0] == lessons
    assert not {each.position for each in first[0]} & {each.position for each in first[1]}
    assert lessons_at(tmp_path, tables, 1) == first


def test_the_teacher_is_asked_as_often_as_in_the_paper() -> None:
    assert (STARTS, sum(OUTPUTS.values())) == (221, 103_355)


def test_a_pair_is_two_tokens_each_a_cell(tokenizer: Path) -> None:
    processor = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer))
    for one in cells(6):
        for other in cells(6):
            pieces = processor.encode(format_cell(one) + format_cell(other), out_type=str)
            assert pieces == [f"▁{format_cell(one)}", format_cell(other)]


def test_lessons_in_pieces_are_the_prompt_and_the_move_of_play(
    lessons: list[Lesson], taught: list[Task], tokenizer: Path
) -> None:
    processor = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer))
    for task in taught:
        own = [each for each in lessons if each.position.split()[3] == task.side[0]]
        for lesson, state, answer in zip(own, task.states, task.answers, strict=True):
            prompt = move_prompt(parse_position(lesson.position))
            assert [processor.bos_id(), *processor.encode(prompt)] == task.prefix + state
            assert [*processor.encode(lesson.move), processor.eos_id()] == answer


def test_only_the_answer_is_learned(taught: list[Task]) -> None:
    rows = [0, 3, 5]
    batch = make_batch([(taught[0], rows), (taught[1], rows)])
    wanted = [task.answers[row] for task in taught[:2] for row in rows]
    assert [[t for t in row if t >= 0] for row in batch.targets.tolist()] == wanted
    for tokens, targets in zip(batch.tokens.tolist(), batch.targets.tolist(), strict=True):
        for place in range(len(tokens) - 1):
            assert targets[place] in (-100, tokens[place + 1])


def test_a_batch_depends_only_on_seed_and_step(taught: list[Task]) -> None:
    recipe = Recipe(steps=4, groups=2, states=3)
    every = list(batches(taught, recipe, 0))
    later = list(batches(taught, recipe, 2))
    assert torch.equal(every[2].tokens, later[0].tokens)
    assert torch.equal(every[3].prefix, later[1].prefix)


@torch.no_grad()
def test_the_loss_is_that_of_whole_prompts(taught: list[Task]) -> None:
    torch.manual_seed(2)
    model = Llama(ModelConfig(600, 48, layers=2, feed_forward=64))
    rows = [1, 4]
    loss = answer_loss(model, make_batch([(task, rows) for task in taught]))
    parts = []
    for task in taught:
        for row in rows:
            whole = torch.tensor([task.prefix + task.states[row] + task.answers[row]])
            count = len(task.answers[row])
            logits = model(whole)[0, -count - 1 : -1]
            parts.append(
                torch.nn.functional.cross_entropy(logits, whole[0, -count:], reduction="none")
            )
    assert loss.item() == pytest.approx(torch.cat(parts).mean().item(), abs=1e-4)


def test_training_learns_and_a_checkpoint_goes_on_alike(
    lessons: list[Lesson], taught: list[Task], tokenizer: Path, tables: Tables, tmp_path: Path
) -> None:
    config = ModelConfig(600, 48, layers=2, feed_forward=64)
    recipe = Recipe(steps=12, groups=2, states=8)
    told: list[str] = []
    checkpoint = tmp_path / "kd.pt"
    key = digest(lessons, tokenizer)
    model = train(taught, taught, config, recipe, checkpoint, key, told.append)
    torch.manual_seed(recipe.seed)
    batch = next(batches(taught, recipe, 0))
    with torch.no_grad():
        assert answer_loss(model, batch) < answer_loss(Llama(config), batch)
    assert told
    again: list[str] = []
    same = train(taught, taught, config, recipe, checkpoint, key, again.append)
    assert again == []
    for one, other in zip(model.parameters(), same.parameters(), strict=True):
        assert torch.equal(one, other)


def test_answers_are_judged_by_the_tablebase(lessons: list[Lesson], tables: Tables) -> None:
    by_prompt = {move_prompt(parse_position(each.position)): each.move for each in lessons}

    class Teacher:
        name = "teacher"
        context_length = 512

        def complete(self, prompt: str, *args: object) -> str:
            return f" {by_prompt[prompt]}"

    class Worst(Teacher):
        def complete(self, prompt: str, *args: object) -> str:
            position = positions[prompt]
            worst = tables.for_position(position).analysis(position).moves[-1]
            return f" {format_move(worst.move)}"

    class Mute(Teacher):
        def complete(self, prompt: str, *args: object) -> str:
            return ""

    positions = {move_prompt(p): p for p in (parse_position(each.position) for each in lessons)}
    for side in Side:
        found = kd_ship.measure(Teacher(), lessons, side, tables)
        assert (found.best, found.same, found.legal, found.regret) == (1, 1, 1, 0)
        assert found.positions == COUNTS[side]
        worst = kd_ship.measure(Worst(), lessons, side, tables)
        assert (worst.legal, worst.best < 1, worst.regret > 0.5) == (1, True, True)
        assert kd_ship.measure(Mute(), lessons, side, tables).legal == 0


@pytest.mark.slow
def test_the_whole_step_goes_from_nothing_to_weights_with_a_card(
    tables: Tables, tmp_path: Path
) -> None:
    weights = tmp_path / "kd.gguf"
    found = kd_ship.train_and_ship(tmp_path, tables, weights, steps=2, seed=1, threads=1)
    assert set(found) == {"blue", "orange"}
    assert "in 2 steps (256 prompts)" in (tmp_path / "README.md").read_text()
    assert load_completer(weights).name == "ld-tui nano KD"
