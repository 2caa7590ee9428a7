"""A selector reads as SentencePiece does, answers the same each time, and says what it can't."""

import math
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st

from ld_tui.errors import ModelError
from ld_tui.llm.ctransformers_backend import CTransformersSelector, library
from ld_tui.llm.selector import load_selector

LABELS = ("A", "B", "C")
MANUALS = "where should the dots head ? A : near is A ; B : far is B ; C : wall is C ; state :"
STATES = ("near", "far", "wall", "N3")

ODD_TEXTS = [
    "",
    "a",
    MANUALS,
    "N3 S12 d4 ,",
    "naïve café 北京 ☃ 🦊 e\u0301 \ufeff",
    "two  spaces,\ttab\nnewline ",
    " leading",
    "<s> </s> <unk> <0x41>",
    "x" * 200,
    "\x01\x7f\x80",
]


@pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
def test_it_reads_text_as_sentencepiece_does(
    selector: CTransformersSelector, vocabulary: Path, text: str
) -> None:
    processor = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary))
    assert selector.tokenize(text) == [processor.bos_id(), *processor.encode(text)]
    assert selector.prompt_tokens(text) == 1 + len(processor.encode(text))


def test_it_reads_any_text_as_sentencepiece_does(
    selector: CTransformersSelector, vocabulary: Path
) -> None:
    processor = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary))

    @given(st.text(st.characters(codec="utf-8", exclude_characters="\0▁"), max_size=60))
    def reads_alike(text: str) -> None:
        assert selector.tokenize(text) == [processor.bos_id(), *processor.encode(text)]

    reads_alike()


def test_probabilities_are_one_to_a_label_and_sum_to_one(selector: CTransformersSelector) -> None:
    answer = selector.probabilities(f"{MANUALS} near .", LABELS)
    assert len(answer) == len(LABELS)
    assert all(0 < p < 1 for p in answer)
    assert math.isclose(sum(answer), 1)


def test_order_of_labels_is_order_of_probabilities(selector: CTransformersSelector) -> None:
    answer = selector.probabilities(MANUALS, LABELS)
    assert selector.probabilities(MANUALS, LABELS[::-1]) == pytest.approx(answer[::-1], abs=1e-6)


def test_what_was_asked_before_does_not_change_an_answer(weights: Path) -> None:
    prompts = [f"{MANUALS} {state} . answer :" for state in ("near N3", "far d4", "wall , far")]
    prompts += [prompts[0], "where ?", prompts[1][:40], prompts[2], prompts[2]]
    reusing = load_selector(weights)
    for prompt in prompts:
        fresh = load_selector(weights).probabilities(prompt, LABELS)
        reused = reusing.probabilities(prompt, LABELS)
        assert reused == fresh


def test_the_state_changes_the_answer(selector: CTransformersSelector) -> None:
    answers = {selector.probabilities(f"{MANUALS} {word}", LABELS) for word in STATES}
    assert len(answers) == len(STATES)


def test_two_threads_of_the_library_answer_as_one(weights: Path) -> None:
    one, two = (load_selector(weights, threads=n).probabilities(MANUALS, LABELS) for n in (1, 2))
    assert one == pytest.approx(two, abs=1e-3)


def test_many_callers_at_once_get_their_own_answers(weights: Path) -> None:
    selectors = [load_selector(weights), load_selector(weights)]
    prompts = [f"{MANUALS} {word} ." for word in STATES]
    expected = [selectors[0].probabilities(prompt, LABELS) for prompt in prompts]
    wrong: list[str] = []

    def ask(number: int) -> None:
        for turn in range(20):
            which = (number + turn) % len(prompts)
            answer = selectors[turn % 2].probabilities(prompts[which], LABELS)
            if answer != pytest.approx(expected[which], abs=1e-3):
                wrong.append(prompts[which])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize("label", ["where far", "zebra", "☃", ""], ids=str)
def test_a_label_that_is_not_one_token_is_named(
    selector: CTransformersSelector, label: str
) -> None:
    with pytest.raises(ModelError, match="must be one") as caught:
        selector.probabilities(MANUALS, ("A", label))
    assert repr(label) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_labels_are_a_mistake_of_the_caller(selector: CTransformersSelector) -> None:
    with pytest.raises(ValueError, match="no labels"):
        selector.probabilities(MANUALS, ())


def test_a_prompt_as_long_as_the_context_is_answered_and_a_longer_one_refused(
    selector: CTransformersSelector,
) -> None:
    assert selector.context_length == 128
    fits = " ".join(["far"] * 127)
    assert selector.prompt_tokens(fits) == 128
    before = selector.probabilities(fits, LABELS)
    with pytest.raises(ModelError, match="prompt of 129 tokens is over the model's 128"):
        selector.probabilities(fits + " far", LABELS)
    assert selector.probabilities(fits, LABELS) == pytest.approx(before, abs=1e-3)


def test_text_that_no_model_can_read_is_refused_or_replaced(
    selector: CTransformersSelector,
) -> None:
    with pytest.raises(ModelError, match="NUL"):
        selector.probabilities("a\0b", LABELS)
    assert selector.tokenize("\ud800") == selector.tokenize("?")


def test_a_model_bears_its_own_name(selector: CTransformersSelector) -> None:
    assert selector.name == "tiny"


@pytest.mark.parametrize(
    ("flags", "build"),
    [
        ("fpu sse2 avx f16c fma avx2", "avx2"),
        ("fpu sse2 avx f16c", "avx"),
        ("fpu sse2 avx avx2", "basic"),
        ("fpu sse2", "basic"),
    ],
    ids=str,
)
def test_the_librarys_build_is_chosen_by_the_processors_flags(
    tmp_path: Path, flags: str, build: str
) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor\t: 0\nvendor_id\t: x\nflags\t\t: {flags}\n")
    assert library(cpuinfo, "linux") == build
    assert library(cpuinfo, "darwin") is None


def test_without_flags_the_library_is_left_to_find_its_build(tmp_path: Path) -> None:
    assert library(tmp_path / "none", "linux") is None
    (tmp_path / "arm").write_text("processor\t: 0\nFeatures\t: fp asimd\n")
    assert library(tmp_path / "arm", "linux") is None


def test_importing_the_seam_loads_no_library() -> None:
    code = "import sys, ld_tui.llm.selector; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"ctransformers", "numpy", "gguf"} & set(out.stdout.split())
