"""A manual's text looked at whole: every problem at once, each with its line in the file.

The editor's screen, the engine and `ld-tui functions edit` show the same findings.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from ld_tui.agent.vocabulary import known_words, unknown_words
from ld_tui.authoring.check import (
    POSITIONS,
    CheckResult,
    check_manual,
    sample_positions,
    source_problems,
)
from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import MAX_FILE, Manual, Problem, read_manual
from ld_tui.functionbase.places import Places
from ld_tui.functionbase.store import FunctionBase
from ld_tui.sandbox.run import Sandbox, describe_failure

_ON_POSITIONS = ("runs", "type", "legal", "repeats")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and where."""

    line: int
    """In the file, from 1; 0 where it passed."""
    check: str
    """`manual`, or a name of `check.CheckResult`."""
    passed: bool
    detail: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.check}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Review:
    """What was found."""

    manual: Manual | None
    """None where the text can't be read as one."""
    findings: tuple[Finding, ...]
    unknown: tuple[str, ...]
    """Words of `summary` and `when` that the shipped S-LLM was not taught."""

    @property
    def problems(self) -> tuple[Finding, ...]:
        """What is wrong, by line."""
        return tuple(sorted((f for f in self.findings if not f.passed), key=lambda f: f.line))

    @property
    def is_good(self) -> bool:
        return self.manual is not None and not self.problems


def review(
    text: str, base: FunctionBase, sandbox: Sandbox, opened: str = "", count: int = POSITIONS
) -> Review:
    """Look at a text as the new content of the function `opened` ('' for a new one).

    `count` is the number of sampled positions it runs on; with 0 only the manual, the source and
    the examples are looked at, which is quick enough to be done as a person types.
    """
    places = Places(text[:MAX_FILE])
    manual, problems = read_manual(text)
    findings = [_of_problem(problem, places) for problem in problems]
    if manual is None:
        findings += _of_broken(text, places, sandbox)
        return Review(None, tuple(findings), ())
    if found := _misplaced(manual, base, opened):
        key, what = found
        findings.append(Finding(places.line(key), "manual", False, what))
    else:
        findings.append(Finding(0, "manual", True, "every field is well formed"))
    findings += _of_checks(manual, base, places, sandbox, count)
    known = known_words()
    unknown = unknown_words(manual.text, known) if known is not None else ()
    return Review(manual, tuple(findings), unknown)


def _of_checks(
    manual: Manual, base: FunctionBase, places: Places, sandbox: Sandbox, count: int
) -> Iterator[Finding]:
    try:
        stage = base.stage_of(manual)
    except FunctionBaseError:
        yield from _of_source(manual.name, manual.source, places, sandbox)
        return
    positions = sample_positions(stage.side, count) if count else ()
    is_python = True
    for result in check_manual(manual, stage, sandbox, positions):
        is_python = is_python and not result.detail.startswith("not Python")
        # What is no Python doesn't load either, and that needn't be said twice.
        is_said = result.name == "loads" and not is_python
        if not is_said and (count or result.name not in _ON_POSITIONS):
            yield _of_result(result, manual, places)


def _misplaced(manual: Manual, base: FunctionBase, opened: str) -> tuple[str, str] | None:
    """Say by which key a manual doesn't fit into the base; None where it does."""
    other = base.get(manual.name)
    if other is not None and manual.name != opened:
        place = f"{other.side}/{other.stage}"
        return "name", f"{place} has a function {manual.name} already; choose another name"
    try:
        base.stage_of(manual)
    except FunctionBaseError as error:
        return "stage", str(error).removeprefix(f"{manual.name}: ")
    return None


def _of_problem(problem: Problem, places: Places) -> Finding:
    key, what = problem.key, problem.what
    shown = f"{key}: {what}; {problem.mend}" if key else f"{what}; {problem.mend}"
    if key == "source":
        return Finding(places.in_source(what), "manual", False, places.renumbered(shown))
    if key:
        return Finding(places.line(key), "manual", False, shown)
    line = places.of_error(what)
    if " in line " in what:  # An unprintable character outside of every key.
        line = int(what.rpartition(" in line ")[2].split()[0])
    return Finding(line, "manual", False, shown)


def _of_broken(text: str, places: Places, sandbox: Sandbox) -> Iterator[Finding]:
    """Yield what is wrong with the source of a text whose fields are wrong."""
    if len(text) > MAX_FILE:
        return
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    name, source = data.get("name"), data.get("source")
    if isinstance(name, str) and isinstance(source, str) and name.isidentifier() and source.strip():
        found = _of_source(name, source, places, sandbox)
        yield from (finding for finding in found if not finding.passed)


def _of_source(name: str, source: str, places: Places, sandbox: Sandbox) -> Iterator[Finding]:
    wrong = list(source_problems(name, source))
    for what in wrong:
        yield Finding(places.in_source(what), "source", False, places.renumbered(what))
    failure = None if wrong else sandbox.load(name, source)
    if failure is not None:
        what = describe_failure(failure)
        yield Finding(places.in_source(what), "loads", False, places.renumbered(what))


def _of_result(result: CheckResult, manual: Manual, places: Places) -> Finding:
    if result.passed:
        return Finding(0, result.name, True, result.detail)
    detail = places.renumbered(result.detail)
    if result.name == "examples":
        at = next(
            (
                number
                for number, example in enumerate(manual.examples, 1)
                if example.position in result.detail
            ),
            1,
        )
        key = "result" if ": gave " in result.detail else "position"
        return Finding(places.line(f"examples[{at}].{key}"), result.name, False, detail)
    return Finding(places.in_source(result.detail), result.name, False, detail)
