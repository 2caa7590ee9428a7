"""Algorithm 1 on scripted parts: what is asked of whom, what is struck, how it ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from ld_tui.agent.emergency import AND, Authored, authored_in
from ld_tui.agent.events import (
    TERMINAL,
    AuthorGaveUp,
    Decided,
    EmergencyRaised,
    Event,
    Executed,
    FellBack,
    FunctionAdmitted,
    GaveUp,
    Rejected,
    Retrieved,
    Selected,
    StageBegan,
    event_from_dict,
    event_to_dict,
    tokens_of,
)
from ld_tui.agent.loop import Agent, Choice, Settings
from ld_tui.functionbase.manual import Example, Manual, Provenance, format_manual
from ld_tui.functionbase.store import Stage
from ld_tui.llm.call import Tokens, note_tokens
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
    author: "Pen | None" = None
    cost: tuple[int | None, int | None] | None = (100, 1)
    """What a prompt costs; None of an S-LLM that doesn't say."""
    prompts: list[str] = field(default_factory=list)
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def retrieve(self, stage: Stage, query: str, k: int) -> list[Found]:
        names = self.plan if stage.name == "plan" else self.move
        return [Found(Text(name), 0.1 * at) for at, name in enumerate(names)][:k]

    def place(self, query: str, manuals: Sequence[Any]) -> list[Found]:
        return [Found(manual, 0.9) for manual in manuals]

    def run(self, name: str, source: str, arguments: tuple[Any, ...]) -> Any:
        self.calls.append((name, arguments[1]))
        value = self.results.get(name, name)
        return Raised(str(value), 0.1) if isinstance(value, Exception) else Ran(value, 0.1)

    def probabilities(self, prompt: str, labels: Sequence[str]) -> tuple[float, ...]:
        self.prompts.append(prompt)
        if self.cost is not None:
            note_tokens(*self.cost)
        words = prompt.split()
        likes = [
            10.0 if words[words.index(label) + 3] == self.favorite else 1.0 for label in labels
        ]
        return tuple(like / sum(likes) for like in likes)

    def decide(self, settings: Settings | None = None, **situation: Any) -> list[Event]:
        agent = Agent(lambda side: STAGES, self, self, self, author=self.author)  # type: ignore[arg-type]
        return list(agent.decide(Meadow(**situation), settings or Settings()))


def written(name: str, stage: str) -> str:
    """Return a manual as an author's."""
    return format_manual(
        Manual(
            name,
            "hare",
            stage,
            f"Use {name}",
            "Now.",
            "emergency",
            Provenance("pen", "2026-01-31"),
            f"def {name}(state, previous):\n    return 1\n",
            (Example("x", (0, 0)),),
        )
    )


@dataclass
class Pen:
    """An author that writes `ford` for moves, and nothing for plans."""

    name: str = "pen"
    asked: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    def write(
        self,
        situation: Any,
        stages: Sequence[Stage],
        new: Sequence[Any],
        errors: Sequence[str] = (),
    ) -> Iterator[Event]:
        self.asked.append((tuple(stage.name for stage in stages), tuple(errors)))
        for stage in reversed(stages):
            number = STAGES.index(stage) + 1
            emergency = "" if errors else AND.join(situation.emergencies)
            if stage.name == "move":
                text = written("ford", "move")
                yield FunctionAdmitted(number, "ford", emergency, "good", text, 1.0)
            else:
                yield AuthorGaveUp(number, emergency, "no idea", 1.0)


@dataclass
class Meadow:
    """A game in which `trap` is against the rules and `nonsense` is no result."""

    illegal_left: int = 7
    passed: frozenset[str] = frozenset()
    side: str = "hare"
    emergencies: tuple[str, ...] = ()
    authored: tuple[Authored, ...] = ()
    circling: bool = False

    @property
    def emergency_text(self) -> str:
        return ", ".join(self.emergencies)

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
    assert events[-1].move == "<hop>"


@pytest.mark.parametrize(
    ("cost", "told"),
    [((100, 1), Tokens(100, 1)), ((100, None), Tokens(100, None)), (None, Tokens(None, None))],
    ids=str,
)
def test_every_choice_and_the_whole_decision_say_their_tokens(
    cost: tuple[int | None, int | None] | None, told: Tokens
) -> None:
    events = Parts(cost=cost, results={"hop": "trap"}, move=("hop", "dash", "skip")).decide()
    assert [tokens_of(chosen) for chosen in of(events, Selected)] == [told] * 3
    assert tokens_of(events[-1]) == told + told + told


@pytest.mark.parametrize(
    ("settings", "by"),
    [
        (Settings(select="first"), "first"),
        (Settings(select="random"), "random"),
        (Settings(chosen=("left", "hop")), "chosen"),
    ],
    ids=["first", "random", "chosen"],
)
def test_who_asks_no_model_spends_no_tokens(settings: Settings, by: str) -> None:
    events = Parts().decide(settings)
    assert {chosen.by for chosen in of(events, Selected)} == {by}
    assert {tokens_of(chosen) for chosen in of(events, Selected)} == {Tokens(0, 0)}
    assert tokens_of(events[-1]) == Tokens(0, 0)


def test_the_only_candidate_costs_nothing_and_a_decision_given_up_what_it_cost_until_then() -> None:
    parts = Parts(plan=("left",), results={"hop": "trap", "dash": "trap"})
    events = parts.decide(illegal_left=0)
    assert isinstance(events[-1], GaveUp)
    assert [tokens_of(each) for each in of(events, Selected)] == [Tokens(0, 0), Tokens(100, 1)]
    assert tokens_of(events[-1]) == Tokens(100, 1)


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


FLOOD = ("flood@9",)


def test_in_an_emergency_the_author_writes_first_and_its_function_joins_the_candidates() -> None:
    parts = Parts(author=Pen(), favorite="ford")
    events = parts.decide(emergencies=FLOOD)
    assert events[0] == EmergencyRaised("rules", "flood@9", "pen")
    assert kinds(events)[1:4] == [FunctionAdmitted, AuthorGaveUp, StageBegan]
    retrieved = of(events, Retrieved)
    assert retrieved[0].new == ()
    assert retrieved[1].new == ("ford",)
    assert retrieved[1].names == ("hop", "dash", "ford")
    assert of(events, Selected)[1].name == "ford"
    assert parts.calls[-1][0] == "ford"


def test_an_author_is_asked_once_for_the_same_emergencies() -> None:
    parts = Parts(author=Pen())
    first = parts.decide(emergencies=FLOOD)
    authored = authored_in([event_to_dict(event) for event in first])
    assert [(each.emergency, each.stage, bool(each.text)) for each in authored] == [
        ("flood@9", 2, True),
        ("flood@9", 1, False),
    ]
    later = parts.decide(emergencies=FLOOD, authored=authored)
    assert not of(later, EmergencyRaised)
    assert of(later, Retrieved)[1].new == ("ford",)
    over = parts.decide(authored=authored)
    assert of(over, Retrieved)[1].new == ()
    more = parts.decide(emergencies=(*FLOOD, "fire"), authored=authored)
    assert of(more, EmergencyRaised)
    assert of(more, Retrieved)[1].new == ("ford", "ford")


def test_a_function_kept_in_the_base_since_is_a_candidate_once() -> None:
    authored = (Authored("flood@9", 2, written("hop", "move")),)
    events = Parts().decide(emergencies=FLOOD, authored=authored)
    retrieved = of(events, Retrieved)[1]
    assert retrieved.new == ("hop",)
    assert sorted(retrieved.names) == ["dash", "hop"]


def test_an_author_is_asked_again_when_play_goes_round_in_circles_but_not_for_ever() -> None:
    parts, authored = Parts(author=Pen()), ()
    for asked in (True, True, True, False):
        events = parts.decide(emergencies=FLOOD, circling=True, authored=authored)
        assert bool(of(events, EmergencyRaised)) is asked
        authored += authored_in([event_to_dict(event) for event in events])
    assert not of(parts.decide(circling=True), EmergencyRaised)


def test_no_author_no_emergency() -> None:
    assert kinds(Parts().decide(emergencies=FLOOD)) == kinds(Parts().decide())


def test_when_every_candidate_failed_the_author_is_told_the_errors() -> None:
    parts = Parts(author=Pen(), results={"hop": "trap", "dash": ValueError("no legs")})
    events = parts.decide()
    raised = of(events, EmergencyRaised)[0]
    assert raised.cause == "failed"
    assert "hop: the rules forbid it" in raised.text
    assert "no legs" in raised.text
    assert parts.author is not None
    assert parts.author.asked[0][0] == ("move",)
    assert len(parts.author.asked[0][1]) == 2
    assert events[-1].move == "<ford>"
    assert not of(events, FellBack)


def test_a_function_written_for_failed_candidates_stays() -> None:
    parts = Parts(author=Pen(), results={"hop": "trap", "dash": "trap"})
    authored = authored_in([event_to_dict(event) for event in parts.decide()])
    again = parts.decide(authored=authored)
    assert of(again, Retrieved)[1].new == ("ford",)
    assert not of(again, EmergencyRaised)


def test_a_written_function_that_fails_too_ends_in_a_random_legal_move() -> None:
    parts = Parts(author=Pen(), results={"hop": "trap", "dash": "trap", "ford": "trap"})
    events = parts.decide()
    assert len(of(events, EmergencyRaised)) == 1
    assert of(events, FellBack)
    assert events[-1].move == "<any>"


def test_an_authors_events_go_over_the_wire() -> None:
    for event in Parts(author=Pen()).decide(emergencies=FLOOD):
        assert event_from_dict(event_to_dict(event)) == event
