"""A benchmark as it is put together on the screen, and the command that runs it. Pure."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ld_tui.arena.roster import OPPONENTS

SUITES = ("paper", "emergency")
SIDES = ("blue", "orange")
AUTHORS = ("none", "composer", "l-llm")
_TEXTS = ("starts", "functionbase", "model", "embedder")
_USUAL = {"sides": SIDES, "opponents": OPPONENTS, "seed": 1, "k": 5, "workers": 1}
"""The command's defaults."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be measured; an empty tuple or text stands for the command's own default."""

    suite: str = "paper"
    games: int = 20
    sides: tuple[str, ...] = SIDES
    methods: tuple[str, ...] = ("ld", "ld-first", "ld-random", "greedy", "perfect")
    opponents: tuple[str, ...] = ("perfect",)
    kinds: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    seed: int = 1
    k: int = 5
    workers: int = 1
    functionbase: str = ""
    model: str = ""
    embedder: str = ""
    starts: str = ""
    """A file of positions; empty: the benchmark's own."""
    untimed: bool = False

    @property
    def is_paper(self) -> bool:
        return self.suite == "paper"

    def with_value(self, name: str, value: Any) -> "Plan":
        """Return the plan with another value of a field."""
        return replace(self, **{name: value})

    def words(self) -> list[str]:
        """Return the command's words after `ld-tui bench`, but for what is its default."""
        words = ["--suite", self.suite, "--games", str(self.games)]
        lists = ("sides", "methods", "opponents") if self.is_paper else ("kinds", "authors")
        for name in lists:
            value = getattr(self, name)
            if value and value != _USUAL.get(name):
                words += [f"--{name}", ",".join(value)]
        for name, flag in (("seed", "--seed"), ("k", "-k"), ("workers", "--workers")):
            if (value := getattr(self, name)) != _USUAL[name]:
                words += [flag, str(value)]
        for name in _TEXTS:
            if value := getattr(self, name):
                words += [f"--{name}", value]
        return [*words, *(["--untimed"] if self.untimed else [])]

    def command(self) -> str:
        """Return the command line, as it is typed in a shell."""
        return "ld-tui bench " + shlex.join(self.words())


def plan_of(given: Mapping[str, Any] | None) -> Plan:
    """Return the plan that options of the command line make; what is None keeps its default."""
    known = {name: value for name, value in (given or {}).items() if value is not None}
    return replace(Plan(), **known)


@dataclass(frozen=True, slots=True)
class Field:
    """A line of the form."""

    name: str
    label: str
    kind: str
    """`one` or `many` of `options`, a `number`, or a `text`."""
    about: str
    options: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    empty: str = ""
    """What an empty value means."""


def fields_of(
    plan: Plan, methods: tuple[str, ...], opponents: tuple[str, ...], kinds: tuple[str, ...]
) -> list[Field]:
    """Return the form's lines for a plan, given the names there are."""
    suite = Field(
        "suite",
        "suite",
        "one",
        "paper: every method from the same starts. emergency: what functions written live are "
        "worth, emergency by emergency.",
        SUITES,
    )
    if plan.is_paper:
        own = [
            Field("sides", "side", "many", "The side that the methods play.", SIDES),
            Field(
                "methods",
                "methods",
                "many",
                "Who is measured. ld is the agent as it ships, and every other method is compared "
                "with it; functions: each function of the base by itself.",
                methods,
                empty="all, and every function",
            ),
            Field(
                "opponents",
                "opponents",
                "many",
                "Who is played against; perfect is the tablebase.",
                opponents,
                empty="perfect, ld, greedy",
            ),
        ]
    else:
        own = [
            Field("kinds", "emergencies", "many", "What strikes.", kinds, empty="all"),
            Field(
                "authors",
                "authors",
                "many",
                "Who writes functions then; none: nobody, to compare with.",
                AUTHORS,
                empty="none, composer",
            ),
        ]
    return [
        suite,
        *own,
        Field("games", "games", "number", "Starts, each played by all.", low=1, high=200),
        Field("seed", "seed", "number", "The same seed gives the same games.", low=0, high=10**9),
        Field("k", "K", "number", "Functions that the S-LLM chooses among.", low=1, high=8),
        Field(
            "workers",
            "workers",
            "number",
            "Processes that play; the numbers are the same for any.",
            low=1,
            high=64,
        ),
        Field(
            "functionbase",
            "functions",
            "text",
            "Folder of the function base that is measured.",
            empty="your own, else the shipped ones",
        ),
        Field(
            "model",
            "S-LLM",
            "text",
            "A GGUF file, or an OpenAI-compatible server: http://HOST:PORT/v1",
            empty="the shipped one",
        ),
        Field(
            "starts",
            "starts",
            "text",
            "A file of positions, one a line, of any board size.",
            empty="the benchmark's own 200, 10 x 10",
        ),
    ]


def shown(plan: Plan, field: Field) -> str:
    """Return a field's value as the form shows it."""
    value = getattr(plan, field.name)
    if isinstance(value, tuple):
        value = ", ".join(value)
    return str(value) if value != "" else field.empty


def changed(plan: Plan, field: Field, by: int) -> Plan:
    """Return the plan with a field's next or previous value, where it has such."""
    value = getattr(plan, field.name)
    if field.kind == "one":
        at = (field.options.index(value) + by) % len(field.options)
        return plan.with_value(field.name, field.options[at])
    if field.kind == "number":
        return plan.with_value(field.name, min(field.high, max(field.low, value + by)))
    if field.name == "sides":
        cycle = (SIDES, SIDES[:1], SIDES[1:])
        at = cycle.index(value) if value in cycle else 0
        return replace(plan, sides=cycle[(at + by) % len(cycle)])
    return plan


def with_text(plan: Plan, field: Field, text: str) -> tuple[Plan, str]:
    """Return the plan with what was typed for a field, and what is wrong with it, else empty."""
    text = text.strip()
    if field.kind == "number":
        if not (text.isascii() and text.isdigit() and field.low <= int(text) <= field.high):
            wrong = f"{text!r:.30} is none" if text else "it is empty"
            whole = f"a whole number from {field.low} to {field.high:,}"
            return plan, f"{field.label}: {whole}; {wrong}"
        return plan.with_value(field.name, int(text)), ""
    return plan.with_value(field.name, text), ""
