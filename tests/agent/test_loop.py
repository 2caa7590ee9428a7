"""Algorithm 1 on scripted parts: what is asked of whom, what is struck, how it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from ld_tui.agent.events import (
    TERMINAL,
    Decided,
    Event,
    Executed,
    FellBack,
    GaveUp,
    Rejected,
    Retrieved,
    Selected,
    StageBegan,
)
from ld_tui.agent.loop import Agent, Choice, Settings
from ld_tui.functionbase.store import Stage
from ld_tui.sandbox.run import Raised, Ran

STAGES = (
    Stage("hare", "plan", "Whither?", "goal"),
    Stage("hare", "move", "How?", "destinations"),
)


@dataclass(frozen=True)
class Text:
    """As much of a manual as the loop reads."""

    name: str
    source: str = ""

    @property
    def summary(self) -> str:
        return f"About {self.name}."

    @property
    def text(self) -> str:
        return f"Use {self.name}"


@dataclass(frozen=True)
class Found:
    manual: Text
    distance: float


@dataclass
class Parts:
    """A retriever, a sandbox and an S-LLM that follow a script and note what they were asked."""

    plan: Sequence[str] = ("left", "right")
    move: Sequence[str] = ("hop", "dash")
    results: dict[str, Any] = field(default_factory=dict)
    favorite: str = ""
    prompts: list[str] = field(default_factory=list)
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def retrieve(self, stage: Stage, query: str, k: int) -> list[Found]:
        names = self.plan if stage.name == "plan" else self.move
        return [Found(Text(name), 0.1 * at) for at, name in enumerate(names)][:k]

    def run(self, name: str, source: str, arguments: tuple[Any, ...]) -> Any:
        self.calls.append((name, arguments[1]))
        value = self.results.get(name, name)
        return Raised(str(value), 0.1) if isinstance(value, Exception) else Ran(value, 0.1)

    def probabilities(self, prompt: str, labels: Sequence[str]) -> tuple[float, ...]:
        self.prompts.append(prompt)
        words = prompt.split()
        likes = [
            10.0 if words[words.index(label) + 3] == self.favorite else 1.0 for label in labels
        ]
        return tuple(like / sum(likes) for like in likes)

    def decide(self, settings: Settings | None = None, **situation: Any) -> list[Event]:
        agent = Agent(lambda side: STAGES, self, self, self)  # type: ignore[arg-type]
        return list(agent.decide(Meadow(**situation), settings or Settings()))


@dataclass
class Meadow:
    """A game in which `trap` is against the rules and `nonsense` is no result."""

    illegal_left: int = 7
    passed: frozenset[str] = frozenset()
    side: str = "hare"

    def state_text(self, stage: Stage, previous: Any) -> str:
        return f"after {previous}"

    def arguments(self) -> dict[str, Any]:
        return {"meadow": 1}

    def tried(self, stage: Stage) -> frozenset[str]:
        return self.passed

    def judge(self, stage: Stage, value: Any, last: bool) -> Choice:
        if value == "nonsense":
            return Choice(problem="that is no result")
        if last and value == "trap":
            return Choice(problem="the rules forbid it", illegal=True)
        return Choice(value=value, shown=f"<{value}>")

    def any_legal(self) -> str:
        return "<any>"


def kinds(events: Sequence[Event]) -> list[type]:
    return [type(event) for event in events]


def of(events: Sequence[Event], kind: type) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def test_two_stages_end_in_one_decision() -> None:
    events = Parts().decide()
    stage = [StageBegan, Retrieved, Selected, Executed]
    assert kinds(events) == [*stage, *stage, Decided]


def test_each_stage_is_given_what_the_one_before_it_gave() -> None:
    parts = Parts(results={"left": "the hill"}, favorite="left")
    events = parts.decide()
    assert parts.calls == [("left", None), ("hop", "the hill")]
    assert of(events, StageBegan)[1].state == "after the hill"
    assert events[-1] == Decided("<hop>", events[-1].ms)


@pytest.mark.parametrize("favorite", ["left", "right"])
def test_the_llm_selects_by_its_probabilities(favorite: str) -> None:
    chosen = of(Parts(favorite=favorite).decide(), Selected)[0]
    assert chosen.name == favorite
    assert sum(chosen.probabilities) == pytest.approx(1)
    assert chosen.probabilities[chosen.candidates.index(favorite)] == max(chosen.probabilities)


def test_the_prompt_has_manuals_by_name_and_the_state_last() -> None:
    parts = Parts(plan=("right", "left"))
    parts.decide()
    assert parts.prompts[0] == (
        "whither ? A : use left is A ; B : use right is B ; state : after none . answer :"
    )


@pytest.mark.parametrize(
    ("bad", "illegal"), [("nonsense", False), ("trap", True), (ValueError("boom"), False)]
)
def test_a_failed_candidate_is_struck_and_the_rest_asked_again(bad: Any, illegal: bool) -> None:
    parts = Parts(results={"dash": bad}, favorite="dash")
    events = parts.decide()
    (struck,) = of(events, Rejected)
    assert (struck.stage, struck.name, struck.illegal) == (2, "dash", illegal)
    assert of(events, Selected)[-1].candidates == ("hop",)
    assert isinstance(events[-1], Decided)
    assert events[-1].move == "<hop>"


def test_when_all_are_struck_a_legal_move_is_played() -> None:
    events = Parts(results={"hop": "trap", "dash": "nonsense"}).decide()
    assert [event.illegal for event in of(events, Rejected)].count(True) == 1
    assert of(events, FellBack)[0].stage == 2
    assert events[-1].move == "<any>"  # type: ignore[union-attr]


def test_when_no_plan_is_left_no_move_function_is_asked() -> None:
    parts = Parts(results={"left": "nonsense", "right": "nonsense"})
    events = parts.decide()
    assert [name for name, _ in parts.calls] == ["left", "right"]
    assert kinds(events)[-2:] == [FellBack, Decided]


def test_one_illegal_choice_too_many_gives_up() -> None:
    events = Parts(results={"hop": "trap", "dash": "trap"}).decide(illegal_left=1)
    assert isinstance(events[-1], GaveUp)
    assert len(of(events, Rejected)) == 2


def test_what_led_back_here_is_passed_over_while_others_are_left() -> None:
    parts = Parts(favorite="left")
    assert of(parts.decide(passed=frozenset({"left"})), Selected)[0].name == "right"
    assert of(parts.decide(passed=frozenset({"left", "right"})), Selected)[0].name == "left"


@pytest.mark.parametrize("select", ["random", "first"])
def test_baselines_never_ask_the_llm(select: str) -> None:
    parts = Parts()
    events = parts.decide(Settings(select=select, seed=3))
    assert parts.prompts == []
    assert {event.by for event in of(events, Selected)} == {select}
    if select == "first":
        assert of(events, Selected)[0].name == "left"


def test_random_selection_follows_the_seed() -> None:
    def chosen(seed: int) -> list[str]:
        events = Parts(plan=tuple("abcdefgh")).decide(Settings(k=8, select="random", seed=seed))
        return [event.name for event in of(events, Selected)]

    assert chosen(1) == chosen(1)
    assert len({tuple(chosen(seed)) for seed in range(8)}) > 1


def test_k_bounds_the_candidates() -> None:
    events = Parts(plan=tuple("abcdefgh")).decide(Settings(k=3))
    assert of(events, Retrieved)[0].names == ("a", "b", "c")


def test_only_the_last_event_is_terminal() -> None:
    events = Parts(results={"hop": "trap"}).decide()
    assert [isinstance(event, TERMINAL) for event in events].count(True) == 1


def test_a_stage_without_functions_says_so() -> None:
    events = Parts(plan=()).decide()
    (fell_back,) = of(events, FellBack)
    assert fell_back.reason.startswith("this stage has no function")
    assert events[-1].move == "<any>"  # type: ignore[union-attr]
