"""The sandbox keeps hostile and broken sources away from everything, and says what they did."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from ld_tui.errors import SandboxError
from ld_tui.sandbox.run import (
    Killed,
    Limits,
    Plain,
    Raised,
    Ran,
    Result,
    Sandbox,
    TimedOut,
    describe_failure,
)

NEAREST = """
def distance(one, other):
    return abs(one[0] - other[0]) + abs(one[1] - other[1])

def nearest(state, previous):
    return min(state["blue"], key=lambda cell: distance(cell, state["orange"]))
"""
STATE = {"blue": [(0, 0), (4, 5), (9, 9)], "orange": (5, 5), "changes": [], "seed": 1}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


def body(sandbox: Sandbox, *lines: str) -> Result:
    """Run a function `f(state, previous)` of these lines."""
    source = "def f(state, previous):\n" + "".join(f"    {line}\n" for line in lines)
    return sandbox.run("f", source, (STATE, None))


def message(result: Result) -> str:
    assert isinstance(result, Raised)
    return result.message


def value(result: Result) -> Plain:
    assert isinstance(result, Ran)
    return result.value


def test_a_function_gets_plain_data_and_returns_it(sandbox: Sandbox) -> None:
    result = sandbox.run("nearest", NEAREST, (STATE, None))
    assert isinstance(result, Ran)
    assert result.value == (4, 5)
    assert result.ms > 0


def test_an_endless_loop_times_out(sandbox: Sandbox) -> None:
    assert body(sandbox, "while True: pass") == TimedOut(0.25)


def test_an_endless_loop_that_catches_everything_times_out(sandbox: Sandbox) -> None:
    lines = (
        "while True:",
        "    try:",
        "        while True: pass",
        "    except BaseException: pass",
    )
    assert body(sandbox, *lines) == TimedOut(0.25)


def test_sleep_passes_no_time(sandbox: Sandbox) -> None:
    assert value(body(sandbox, "import time", "time.sleep(3600)", "return 1")) == 1


@pytest.mark.parametrize(
    "line",
    [
        "return [0] * 10**10",
        "return 'a' * 10**11",
        "return 9**9**9",
        "return 1 << 10**12",
        "return list(range(10**9))",
    ],
)
def test_too_much_memory_is_killed(line: str) -> None:
    # Longer than usual, so that on a busy machine it isn't time that runs out first.
    with Sandbox(Limits(seconds=30)) as patient:
        result = body(patient, line)
    assert result == Killed("used more than 64 MB of memory")


def test_memory_taken_bit_by_bit_is_killed(sandbox: Sandbox) -> None:
    lines = ("kept = []", "while True: kept.append('a' * 10**6)")
    assert isinstance(body(sandbox, *lines), Killed)


def test_endless_recursion_is_raised(sandbox: Sandbox) -> None:
    assert "RecursionError" in message(body(sandbox, "return f(state, previous)"))


@pytest.mark.parametrize(
    "lines",
    [
        ("return open('/etc/passwd').read()",),
        ("open('/tmp/ld-tui-test', 'w').write('x')",),
        ("from pathlib import Path", "return Path('/etc/passwd').read_text()"),
        ("import os", "return os.listdir('/')"),
        ("import os", "return os.environ['PATH']"),
        ("import os", "return os.system('true')"),
        ("import os", "return list(os.urandom(4))"),
        ("import subprocess",),
        ("import socket",),
        ("import ctypes",),
        ("import importlib",),
        ("import sys", "return list(sys.modules)"),
        ("return __import__('os').getcwd()",),
        ("return input()",),
    ],
    ids=lambda lines: lines[-1],
)
def test_nothing_outside_is_reached(sandbox: Sandbox, lines: tuple[str, ...]) -> None:
    assert message(body(sandbox, *lines))


@pytest.mark.parametrize(
    "expression",
    [
        "().__class__.__bases__[0].__subclasses__()",
        "(lambda: 0).__globals__",
        "f.__code__",
        "state.__class__",
    ],
)
def test_attribute_walks_lead_nowhere(sandbox: Sandbox, expression: str) -> None:
    assert "AttributeError" in message(body(sandbox, f"return {expression}"))


def test_clock_and_entropy_are_the_same_in_every_call(sandbox: Sandbox) -> None:
    lines = (
        "import time, random, datetime",
        "now = str(datetime.datetime.now())",
        "return [time.time(), time.perf_counter(), random.random(), now, hash('a'), id([])]",
    )
    with Sandbox() as other:
        assert value(body(sandbox, *lines)) == value(body(other, *lines))
    assert value(body(sandbox, *lines)) == value(body(sandbox, *lines))


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("{1, 2}", "returned a set"),
        ("b'a'", "returned a bytes"),
        ("1j", "returned a complex"),
        ("[[...]]", "returned an ellipsis"),
        ("10**30", "beyond 64 bits"),
        ("float('nan')", "not a number"),
        ("[1] * 10_001", "more than 10000 values"),
        ("'a' * 10_001", "more than 10000 values"),
    ],
)
def test_only_bounded_plain_data_is_returned(sandbox: Sandbox, expression: str, says: str) -> None:
    assert says in message(body(sandbox, f"return {expression}"))


def test_an_object_of_an_own_class_is_no_plain_data(sandbox: Sandbox) -> None:
    lines = ("class Cell:", "    pass", "return [Cell()]")
    assert "returned a Cell" in message(body(sandbox, *lines))


def test_data_nested_too_deep_is_refused(sandbox: Sandbox) -> None:
    lines = ("nest = []", "for _ in range(100_000): nest = [nest]", "return nest")
    assert "nested too deep" in message(body(sandbox, *lines))


def test_plain_data_comes_back_as_it_was(sandbox: Sandbox) -> None:
    result = body(sandbox, "return [None, True, 1, 1.5, 'a', (1, [2]), {'k': (1, 2), 3: []}]")
    assert value(result) == [None, True, 1, 1.5, "a", (1, [2]), {"k": (1, 2), 3: []}]


def test_what_was_raised_names_the_line(sandbox: Sandbox) -> None:
    result = body(sandbox, "x = 1", "return x / 0")
    assert message(result) == "ZeroDivisionError: division by zero (line 3)"
    assert describe_failure(result) == message(result)  # type: ignore[arg-type]


def test_messages_are_one_printable_line(sandbox: Sandbox) -> None:
    text = message(body(sandbox, r"raise ValueError('\x1b[31mred\nline\r' + 'x' * 1000)"))
    assert text.isprintable()
    assert len(text) < 250


def test_what_is_printed_goes_nowhere(sandbox: Sandbox, capfd: pytest.CaptureFixture[str]) -> None:
    assert value(body(sandbox, 'print(\'{"event": "decided"}\')', "return 1")) == 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("def f(:", "SyntaxError"),
        ("x = 1", "NameError"),
        ("def f(state, previous):\n    yield 1", "does not yet support yield"),
        ("import heapq\ndef f(state, previous): return 1", "heapq"),
        ("1 / 0\ndef f(state, previous): return 1", "ZeroDivisionError"),
        ("def f(state, previous):\n    return '''", "SyntaxError"),
    ],
)
def test_a_source_that_does_not_load_says_why(sandbox: Sandbox, source: str, says: str) -> None:
    failure = sandbox.load("f", source)
    assert failure is not None
    assert says in describe_failure(failure)
    assert says in message(sandbox.run("f", source, (STATE, None)))


def test_a_good_source_loads(sandbox: Sandbox) -> None:
    assert sandbox.load("nearest", NEAREST) is None


def test_a_name_is_no_way_to_smuggle_code_in(sandbox: Sandbox) -> None:
    assert "is no name" in message(sandbox.run("f() or f", "def f(*_): return 1", ()))


def test_state_does_not_leak_from_call_to_call(sandbox: Sandbox) -> None:
    counting = "seen = []\ndef f(state, previous):\n    seen.append(1)\n    return len(seen)"
    assert [value(sandbox.run("f", counting, (STATE, None))) for _ in range(3)] == [1, 1, 1]


def test_state_does_not_leak_from_function_to_function(sandbox: Sandbox) -> None:
    sandbox.run("f", "secret = 1\nmin = None\ndef f(state, previous): return 1", (STATE, None))
    assert "NameError" in message(body(sandbox, "return secret"))
    assert value(sandbox.run("nearest", NEAREST, (STATE, None))) == (4, 5)


def test_arguments_are_not_changed(sandbox: Sandbox) -> None:
    before = {"blue": [(2, 2), (1, 1)]}
    source = "def f(state, previous):\n    state['blue'].sort()\n    return state['blue']"
    assert value(sandbox.run("f", source, (before, None))) == [(1, 1), (2, 2)]
    assert before == {"blue": [(2, 2), (1, 1)]}


def test_an_argument_that_is_not_plain_is_the_callers_error(sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match="plain data"):
        sandbox.run("nearest", NEAREST, (object(), None))


def test_many_calls_give_what_single_calls_give(sandbox: Sandbox) -> None:
    arguments = [({**STATE, "orange": (at % 10, at // 10)}, None) for at in range(150)]
    many = sandbox.run_many("nearest", NEAREST, arguments)
    single = [sandbox.run("nearest", NEAREST, each) for each in arguments]
    assert [value(one) for one in many] == [value(one) for one in single]


def test_a_bad_call_among_many_spoils_only_itself(sandbox: Sandbox) -> None:
    source = "def f(n):\n    while n == 5: pass\n    return 7 // (n - 3)"
    results = sandbox.run_many("f", source, [(n,) for n in range(9)])
    assert isinstance(results[3], Raised)
    assert results[5] == TimedOut(0.25)
    good = [n for n in range(9) if n not in (3, 5)]
    assert [value(results[n]) for n in good] == [7 // (n - 3) for n in good]


def test_calls_that_share_an_argument_do_not_see_each_other(sandbox: Sandbox) -> None:
    shared: list[int] = []
    source = "def f(seen):\n    seen.append(1)\n    return seen"
    results = sandbox.run_many("f", source, [(shared,)] * 3)
    assert [value(each) for each in results] == [[1], [1], [1]]


def test_no_calls_give_no_results(sandbox: Sandbox) -> None:
    assert sandbox.run_many("nearest", NEAREST, []) == []


def test_a_worker_that_dies_is_replaced() -> None:
    with Sandbox(Limits(seconds=20)) as sandbox:
        assert isinstance(sandbox.run("nearest", NEAREST, (STATE, None)), Ran)
        assert sandbox.worker is not None
        killer = threading.Timer(0.1, os.kill, (sandbox.worker, signal.SIGKILL))
        killer.start()
        assert body(sandbox, "while True: pass") == Killed("took its worker process down")
        killer.join()
        assert value(sandbox.run("nearest", NEAREST, (STATE, None))) == (4, 5)


def test_a_closed_sandbox_starts_again() -> None:
    sandbox = Sandbox()
    sandbox.close()
    assert isinstance(sandbox.run("nearest", NEAREST, (STATE, None)), Ran)
    sandbox.close()
    sandbox.close()
    assert isinstance(sandbox.run("nearest", NEAREST, (STATE, None)), Ran)
    sandbox.close()


def test_limits_are_data() -> None:
    with Sandbox(Limits(seconds=0.05, memory_mb=8, items=3)) as sandbox:
        assert body(sandbox, "while True: pass") == TimedOut(0.05)
        assert body(sandbox, "return [0] * 2**21") == Killed("used more than 8 MB of memory")
        assert "more than 3 values" in message(body(sandbox, "return [1, 2, 3]"))


def test_a_worker_that_can_not_be_had_is_our_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONTY_BIN", "/nonexistent/monty")
    with pytest.raises(SandboxError, match="does not start"):
        Sandbox().run("nearest", NEAREST, (STATE, None))
