"""The L-LLM as author: a scripted model over real sockets; check, sandbox, play-outs are real."""

import json
import pickle
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ld_tui import paths
from ld_tui.agent.emergency import admitted, standing
from ld_tui.agent.events import (
    AuthorGaveUp,
    AuthorWorked,
    Decided,
    EmergencyRaised,
    Event,
    FunctionAdmitted,
    FunctionChecked,
    FunctionDrafted,
    FunctionRefused,
    event_to_dict,
)
from ld_tui.agent.loop import Settings
from ld_tui.arena.pursuit import PursuitSituation
from ld_tui.arena.resources import Resources, Sources
from ld_tui.authoring.admission import Desk, rules_mark
from ld_tui.authoring.author import AUTHORS, author_maker
from ld_tui.authoring.brief import read_answer
from ld_tui.authoring.writer import REPAIRS, Writer
from ld_tui.errors import FunctionBaseError, UsageError
from ld_tui.functionbase.manual import parse_manual
from ld_tui.game.notation import parse_position
from ld_tui.llm.chat_stream import Limits
from ld_tui.llm.endpoint import Endpoint
from ld_tui.sandbox.run import Limits as SandboxLimits
from ld_tui.sandbox.run import Sandbox

KEY = "sk-0123456789abcdef"
ROADBLOCK = "8 a1,c4,h8 f5 b 3 0,0 roadblock:b2,c3,d4,d5,e5,f6,g7@11"

SOURCE = '''\
LETTERS = "abcdefghijklmnopqrst"


def NAME(state, previous):
    """Walk through open cells, to where the target is nearest."""
    shut = closed(state)

    def around(cell):
        x, y = cell
        near = [(x - 1, y), (x, y - 1), (x, y + 1), (x + 1, y)]
        return [each for each in near if inside(each, state["size"]) and each not in shut]

    moves = []
    for dot, target in zip(state["blue"], previous):
        ends = {end for step in around(dot) for end in around(step) if gap(end, dot) == 2}
        ends = ends or {tuple(dot)}
        moves.append(min(ends, key=lambda end: (gap(end, target), gap(end, state["orange"]), end)))
    return moves


def closed(state):
    found = set()
    for change in state["changes"]:
        name, _, rest = change.partition("@")[0].partition(":")
        if name == "roadblock":
            found |= {(LETTERS.index(cell[0]), int(cell[1:]) - 1) for cell in rest.split(",")}
    return found


def inside(cell, size):
    return 0 <= cell[0] < size and 0 <= cell[1] < size


def gap(one, other):
    return abs(one[0] - other[0]) + abs(one[1] - other[1])
'''
HEAD = "summary: Each dot goes to its target around closed cells.\nwhen: In any state.\n"
GOOD = f"Here it is.\n{HEAD}```python\n{SOURCE}```\n"


def code(*lines: str, head: str = HEAD) -> str:
    """Return an answer whose function has these lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{head}```python\ndef NAME(state, previous):\n{body}```\n"


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    cache = tmp_path_factory.mktemp("cache")
    made = Resources(Sources(functionbase=paths.packaged_functionbase(), cache=cache))
    yield made
    made.close()


@pytest.fixture(scope="module")
def desk(resources: Resources) -> Desk:
    return Desk(resources.functionbase(), resources.sandbox(), resources.table_of)


@pytest.fixture
def writer(desk: Desk, chat_server: Any) -> Writer:
    return Writer(desk, Endpoint(chat_server.url, "some-model", KEY))


def situation(text: str = ROADBLOCK) -> PursuitSituation:
    return PursuitSituation(parse_position(text), 7)


def prompts(server: Any) -> list[str]:
    """Return the last message of each request."""
    return [asked["messages"][-1]["content"] for asked in server.asked]


def named(server: Any, text: str) -> Any:
    """Answer with a text in which NAME is the name that was asked for."""

    def made(body: Any) -> Any:
        name = re.search(r"Write `def (\w+)\(state, previous\):`", body["messages"][0]["content"])
        assert name
        return server.says(text.replace("NAME", name[1]))

    return made


def write(
    writer: Writer, *stages: str, errors: Sequence[str] = (), position: str = ROADBLOCK
) -> list[Event]:
    asked = [each for each in writer.desk.stages("blue") if each.name in stages]
    events = list(writer.write(situation(position), asked, [], errors))
    told = json.dumps([event_to_dict(event) for event in events])
    assert KEY not in told
    assert "\\u001b" not in told
    return events


def of(kind: type[Event], events: Sequence[Event]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def test_a_good_function_is_admitted(writer: Writer, chat_server: Any) -> None:
    chat_server.script = [named(chat_server, GOOD)]
    events = write(writer, "move")
    (drafted,) = of(FunctionDrafted, events)
    (taken,) = of(FunctionAdmitted, events)
    assert events[-1] is taken
    assert not of(FunctionRefused, events)
    assert "".join(event.text for event in of(AuthorWorked, events) if event.is_piece) == (
        GOOD.replace("NAME", taken.name)
    )
    assert drafted.source == SOURCE.replace("NAME", taken.name)
    checks = {event.check: event.passed for event in of(FunctionChecked, events)}
    assert {"source", "loads", "examples", "legal", "repeats", "play"} <= set(checks)
    assert all(checks.values())
    manual = parse_manual(taken.text)
    assert manual.name == taken.name == drafted.name
    assert re.fullmatch(r"roadblock_move_[0-9a-f]{4}", manual.name)
    assert (manual.side, manual.stage, manual.origin) == ("blue", "move", "emergency")
    assert manual.summary == "Each dot goes to its target around closed cells."
    assert manual.provenance.author == "l-llm some-model"
    assert manual.provenance.rules == rules_mark(situation().position)
    assert len(manual.examples) == 2
    assert taken.emergency == situation().emergencies[0]


def test_the_model_is_told_all_that_it_needs(writer: Writer, chat_server: Any) -> None:
    chat_server.script = [named(chat_server, GOOD)]
    write(writer, "move")
    (prompt,) = prompts(chat_server)
    for told in (
        "You move blue",
        "An emergency: roadblock: b2 c3 d4 d5 e5 f6 g7 closed until step 11.",
        "How should the blue dots step toward their targets?",
        "'changes': ['roadblock:b2,c3,d4,d5,e5,f6,g7@11']",
        "previous = [(",
        "THE POSITION AT HAND\norange ",
        "bisect, collections, ",
        "def inner_way(state, previous):",
        " straggling ",
        "```python",
    ):
        assert told in prompt, told


def test_where_candidates_failed_the_model_is_told_how(writer: Writer, chat_server: Any) -> None:
    chat_server.script = [named(chat_server, GOOD)]
    events = write(writer, "move", errors=["inner_way: d4 is closed"])
    assert "failed just now:\ninner_way: d4 is closed" in prompts(chat_server)[0]
    (taken,) = of(FunctionAdmitted, events)
    assert taken.emergency == ""
    assert taken.name.startswith("rescue_move_")


def test_the_last_stage_is_written_first(writer: Writer, chat_server: Any) -> None:
    plan = code("return [state['orange']] * 3")
    chat_server.script = [named(chat_server, GOOD), named(chat_server, plan)]
    events = write(writer, "plan", "move")
    assert [event.stage for event in of(FunctionDrafted, events)][:2] == [2, 1]
    assert "`previous` is None." in prompts(chat_server)[1]


def test_errors_go_back_and_the_last_repair_may_be_good(writer: Writer, chat_server: Any) -> None:
    bad = ["I would rather not.", code("return 1 // 0"), code("return [(0, 0)] * 3"), GOOD]
    chat_server.script = [named(chat_server, text) for text in bad]
    events = write(writer, "move")
    refused = of(FunctionRefused, events)
    assert [event.attempt for event in refused] == [1, 2, 3]
    assert isinstance(events[-1], FunctionAdmitted)
    told = prompts(chat_server)[1:]
    assert "no line `summary: ...`" in told[0]
    assert "ZeroDivisionError: division by zero (line 2)" in told[1]
    assert "legal: fails on" in told[2]
    for event, prompt in zip(refused, told, strict=True):
        assert event.reason.removesuffix("...") in " ".join(prompt.split())
    chat = chat_server.asked[-1]["messages"]
    assert [message["role"] for message in chat] == ["user", "assistant"] * 3 + ["user"]
    assert chat[1]["content"] == "I would rather not."
    assert chat[0]["content"] == prompts(chat_server)[0]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("", "no line `summary: ...`"),
        ("The dots should go around.", "no block of code"),
        (GOOD[:500], "doesn't end with ```"),
        (HEAD + "```python\n" + SOURCE[:300] + "\n```", "source: not Python"),
        (GOOD + "```python\nx = 1\n```", "2 blocks of code; write exactly one"),
        (GOOD.replace("def NAME", "def other"), "source: has to define `def roadblock_move_"),
        (code("import os", "return os.listdir('/')"), "source: line 2: a function can't import os"),
        (code("return open('/etc/passwd').read()"), "runs: fails on"),
        (code("return __import__('os').getcwd()"), "runs: fails on"),
        (code("return ().__class__.__bases__[0].__subclasses__()"), "runs: fails on"),
        (code("return [0] * 10**10"), "runs: fails on"),
        (code("return previous"), "legal: fails on"),
        (code("return ['\x1b[31m'] * 3"), "U+001B in line 2 is not printable"),
        (code("return '''x'''"), "three apostrophes in a row"),
        (code("return 1", head="summary: \x1b]0;x\x07\nwhen: y\n"), "is not printable"),
        (code("return 1", head=f"summary: {'very ' * 30}\nwhen: y\n"), "30 words"),
        (code("return 1", head="summary:\nwhen: y\n"), "summary: empty"),
    ],
    ids=[
        *("nothing", "prose", "half", "broken", "two-blocks", "other-name", "import", "open"),
        *("dunder-import", "subclasses", "huge", "illegal", "escape-in-source"),
        *("apostrophes", "escape-in-summary", "long-summary", "no-summary"),
    ],
)
def test_what_is_no_good_is_refused_through_all_rounds(
    writer: Writer, chat_server: Any, answer: str, told: str
) -> None:
    chat_server.script = [named(chat_server, answer)]
    events = write(writer, "move")
    refused = of(FunctionRefused, events)
    assert [event.attempt for event in refused] == list(range(1, REPAIRS + 2))
    assert told in refused[-1].reason
    assert not of(FunctionAdmitted, events)
    end = events[-1]
    assert isinstance(end, AuthorGaveUp)
    assert end.reason == refused[-1].reason
    assert len(chat_server.asked) == REPAIRS + 1


def test_what_never_ends_is_refused(desk: Desk, chat_server: Any) -> None:
    chat_server.script = [named(chat_server, code("while True:", "    pass"))]
    with Sandbox(SandboxLimits(seconds=0.02)) as sandbox:
        hasty = Writer(replace(desk, sandbox=sandbox), Endpoint(chat_server.url, "m"))
        events = write(hasty, "move")
    assert "runs: fails on 3 of 3 positions" in of(FunctionRefused, events)[-1].reason
    assert isinstance(events[-1], AuthorGaveUp)


def test_what_loses_more_than_there_is_already_is_refused(desk: Desk, chat_server: Any) -> None:
    backward = GOOD.replace("min(ends", "max(ends")
    chat_server.script = [named(chat_server, backward)]
    far_off = "6 a1,c4,f6 d3 b 3 0,0 roadblock:a6@11"
    events = write(Writer(desk, Endpoint(chat_server.url, "m")), "move", position=far_off)
    assert "the best of 5 others" in of(FunctionRefused, events)[0].reason


@pytest.mark.parametrize(
    "answer",
    [
        f"<think>\n```python\nx\n```\nsummary: no\n</think>\n{GOOD}",
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("```python", "```"),
    ],
    ids=["thought", "crlf", "bare-fence"],
)
def test_ways_to_write_the_same_answer(answer: str) -> None:
    assert read_answer(answer) == (
        "Each dot goes to its target around closed cells.",
        "In any state.",
        SOURCE,
    )


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (GOOD + HEAD, "2 lines `summary: ...`; write exactly one; 2 lines `when"),
        (GOOD.replace("```python", "```toml"), "a block of toml, not of python"),
        (GOOD.replace("summary:", "**Summary:**"), "no line `summary: ...`"),
        (f"<think>{GOOD}", None),
    ],
)
def test_parts_have_to_be_there_exactly_once(answer: str, told: str | None) -> None:
    if told is None:  # a thought without end is no thought, and hides nothing
        assert read_answer(answer)
        return
    with pytest.raises(FunctionBaseError, match=re.escape(told)):
        read_answer(answer)


def test_an_answer_over_the_limit_is_refused_and_asked_anew(desk: Desk, chat_server: Any) -> None:
    chat_server.script = [chat_server.says("x" * 9_000), named(chat_server, GOOD)]
    endpoint = Endpoint(chat_server.url, "m")
    events = write(Writer(desk, endpoint, Limits(characters=5_000)), "move")
    assert [event.reason for event in of(FunctionRefused, events)] == [
        "the answer was cut off: it is over 5,000 characters"
    ]
    assert isinstance(events[-1], FunctionAdmitted)


def test_terminal_escapes_do_not_come_through(writer: Writer, chat_server: Any) -> None:
    chat_server.script = [chat_server.says("\x1b[2Jred\x07\x9b1m\u202e\ud83d\tand\nso")]
    events = write(writer, "move")
    pieces = [event.text for event in of(AuthorWorked, events) if event.is_piece]
    assert "".join(pieces[: len(pieces) // 4]) == "[2Jred1m\tand\nso"


def test_a_server_that_is_down_ends_every_stage_in_one_line(desk: Desk) -> None:
    events = write(Writer(desk, Endpoint("http://127.0.0.1:9/v1", "m", KEY)), "plan", "move")
    assert [type(event) for event in events] == [AuthorGaveUp, AuthorGaveUp]
    assert [event.stage for event in of(AuthorGaveUp, events)] == [2, 1]
    for event in of(AuthorGaveUp, events):
        assert event.reason.startswith("127.0.0.1:9: no answer from the server:")
        assert event.emergency == situation().emergencies[0]


def test_a_server_that_fails_is_not_asked_for_the_next_stage(
    writer: Writer, chat_server: Any
) -> None:
    told = json.dumps({"error": {"message": f"no such key: {KEY}"}}).encode()
    chat_server.script = [chat_server.answer(told, status=401)]
    events = write(writer, "plan", "move")
    assert [event.reason for event in of(AuthorGaveUp, events)] == [
        f"{writer.endpoint.host}: the server refused (401): no such key: ***"
    ] * 2
    assert len(chat_server.asked) == 1


def test_a_board_too_large_to_be_solved_is_told(writer: Writer, chat_server: Any) -> None:
    large = situation(ROADBLOCK.replace("8 ", "20 ", 1))
    events = list(writer.write(large, writer.desk.stages("blue"), []))
    assert {type(event) for event in events} == {AuthorGaveUp}
    assert len(events) == 2
    assert chat_server.asked == []


def test_who_stops_listening_ends_the_connection(writer: Writer, chat_server: Any) -> None:
    chat_server.script = [chat_server.stream(chat_server.event("summary: Each"), 60.0)]
    events = admitted(writer.write(situation(), writer.desk.stages("blue"), []))
    while not getattr(next(events), "is_piece", False):
        pass
    assert not chat_server.gone.is_set()
    events.close()
    assert chat_server.gone.wait(5)


def test_who_waits_is_told(writer: Writer, chat_server: Any) -> None:
    chat_server.script = [chat_server.stream(60.0)]
    events = writer.write(situation(), writer.desk.stages("blue"), [])
    told = next(events)
    assert isinstance(told, AuthorWorked)
    assert re.fullmatch(r"no answer yet, after \d+ s", told.text)
    assert not told.is_piece
    events.close()  # type: ignore[attr-defined]


def test_a_name_is_of_no_other_function(writer: Writer, chat_server: Any) -> None:
    chat_server.script = [named(chat_server, GOOD)]
    first = parse_manual(of(FunctionAdmitted, write(writer, "move"))[0].text)
    events = list(writer.write(situation(), writer.desk.stages("blue")[1:], [first]))
    second = parse_manual(of(FunctionAdmitted, events)[0].text)
    assert second.name != first.name


def test_a_model_may_have_any_name(desk: Desk) -> None:
    writer = Writer(desk, Endpoint("http://host/v1", "a\x1b[1m\nmodel" + "x" * 200))
    assert writer.name.startswith("l-llm a [1m model")
    assert len(writer.name) < 80


def test_the_author_is_made_from_the_environment(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "l-llm" in AUTHORS
    monkeypatch.delenv("LD_TUI_LLM_URL", raising=False)
    with pytest.raises(UsageError, match="set LD_TUI_LLM_URL"):
        author_maker("l-llm")
    monkeypatch.setenv("LD_TUI_LLM_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("LD_TUI_LLM_MODEL", "qwen")
    monkeypatch.setenv("LD_TUI_LLM_KEY", KEY)
    maker = author_maker("l-llm")
    assert maker is not None
    sent = pickle.dumps(maker)
    assert KEY.encode() not in sent
    author = pickle.loads(sent)(resources)
    assert author.name == "l-llm qwen"
    assert KEY not in repr(author)


@pytest.fixture
def agent(resources: Resources, monkeypatch: pytest.MonkeyPatch, chat_server: Any) -> Any:
    """An agent with the L-LLM as its author, which selects what was retrieved first."""
    monkeypatch.setenv("LD_TUI_LLM_URL", chat_server.url)
    maker = author_maker("l-llm")
    assert maker is not None
    return replace(resources.agent(with_llm=False), author=maker(resources))


def test_a_decision_goes_on_without_the_model(agent: Any, chat_server: Any) -> None:
    chat_server.script = [chat_server.answer(b"<html>", kind="text/html")]
    events = list(agent.decide(situation(), Settings(select="first")))
    assert len(of(EmergencyRaised, events)) >= 1
    assert of(AuthorGaveUp, events)
    assert isinstance(events[-1], Decided)


def test_a_decision_uses_what_the_model_wrote(agent: Any, chat_server: Any) -> None:
    chat_server.script = [named(chat_server, GOOD)]
    events = list(agent.decide(situation(), Settings(select="first")))
    (taken,) = of(FunctionAdmitted, events)
    moves = [event for event in events if getattr(event, "new", ())]
    assert moves[-1].new == (taken.name,)
    assert isinstance(events[-1], Decided)
    authored = [event for event in events if isinstance(event, FunctionAdmitted)]
    assert standing([], [event.emergency for event in authored]) == []


def serve(model: Path) -> Endpoint:
    """Serve a GGUF file by today's llama.cpp."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.cpuparams.n_threads = 1
    params.warmup = False
    params.verbosity = -1
    params.api_keys = [KEY]
    server = xllamacpp.Server(params)
    SERVERS.append(server)
    return Endpoint(f"{server.listening_address}/v1", "selector", KEY)


CONTEXT = 32_768
"""Every word that the shipped S-LLM doesn't know is a token a byte."""
SERVERS: list[Any] = []
"""Kept, as one that is given up stops."""


def test_a_real_server_refuses_in_its_own_words(desk: Desk) -> None:
    """The shipped S-LLM as it is, whose context is far shorter than what is asked."""
    endpoint = serve(paths.SHIPPED_SELECTOR)
    (gone,) = of(AuthorGaveUp, write(Writer(desk, endpoint), "move"))
    assert re.search(r"refused \(400\): .*exceeds the available context size", gone.reason)
    (gone,) = of(
        AuthorGaveUp, write(Writer(desk, replace(endpoint, key="sk-not-this-one")), "move")
    )
    assert "refused (401)" in gone.reason


@pytest.mark.slow
def test_a_real_model_that_knows_no_python_is_refused(desk: Desk, tmp_path: Path) -> None:
    """The shipped S-LLM was taught to select; its context is written longer, so that it answers."""
    import gguf

    wide = tmp_path / "wide.gguf"
    shutil.copy(paths.SHIPPED_SELECTOR, wide)
    field = gguf.GGUFReader(wide, "r+").fields["llama.context_length"]
    field.parts[field.data[0]][0] = CONTEXT
    field.parts[field.data[0]].flush()
    events = write(Writer(desk, serve(wide), Limits(total=300, tokens=60)), "plan", "move")
    refused = of(FunctionRefused, events)
    rounds = range(1, REPAIRS + 2)
    assert [(event.stage, event.attempt) for event in refused] == [
        (stage, attempt) for stage in (2, 1) for attempt in rounds
    ]
    assert all("the answer has: " in event.reason for event in refused)
    assert "".join(event.text for event in of(AuthorWorked, events) if event.is_piece)
    assert not of(FunctionAdmitted, events)
    assert len(of(AuthorGaveUp, events)) == 2
