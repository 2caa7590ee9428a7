"""Programs in words: the sentences in which manuals say what a program does.

What parts are called is in `space.py`; here they become sentences. The S-LLM is taught these very
wordings, so that it reads functions that it never saw.
"""

import random
from collections.abc import Callable

from ld_tui.authoring.space import (
    AIMS,
    AND,
    AWARE,
    CONDITIONS,
    COUNTS,
    DANGERS,
    DEALS,
    GOALS,
    PLAIN,
    ROLES,
    SIDES,
    TIES,
    Program,
)

Say = Callable[[tuple[str, ...]], str]
"""Picks one of several ways to say the same."""

# Sentences: what is done always, where a condition holds, and where it doesn't. The last of each
# is held out from training, though its words are in others.
ALWAYS: tuple[str, ...] = (
    "{then}",
    "{then}",
    "always {then}",
    "{then} in any state",
    "in every state {then}",
    "{then} at all times",
    "whatever the state , {then}",
    "{then} , no matter what",
    "no matter what , {then}",
)
ONLY: tuple[str, ...] = (
    "{then} when {c}",
    "when {c} , {then}",
    "if {c} , {then}",
    "{then} best when {c}",
    "{then} if {c}",
    "{then} as long as {c}",
    "as long as {c} , {then}",
    "for states in which {c} : {then}",
    "only when {c} , {then}",
    "{c} : {then}",
    "{then} where {c}",
    "with {c} , {then}",
    "where {c} , {then}",
)
CLAUSES: tuple[str, ...] = (
    "{name} {what}",
    "{name} {what}",
    "{name} : {what}",
    "{name} goes {what}",
    "{name} heads {what}",
    "{what} with {name}",
    "for {name} {what}",
    "{what} : {name}",
)
BOTH: tuple[str, ...] = ("{c} and {d}", "{c} , {d}", "{c} with {d}")
EITHER: tuple[str, ...] = (
    "{then} when {c} , else {other}",
    "when {c} , {then} ; else {other}",
    "if {c} , {then} , otherwise {other}",
    "{then} if {c} , {other} if not",
    "{other} unless {c} , then {then}",
    "unless {c} , {other} ; else {then}",
    "as long as {c} , {then} ; in other states {other}",
    "{other} , except when {c} : {then}",
    "{c} : {then} ; if not : {other}",
    "{then} where {c} , elsewhere {other}",
    "mostly {other} , but {then} if {c}",
    "{other} ; only when {c} , {then}",
    "{other} , but where {c} , {then}",
)


def wording(
    program: Program, rng: random.Random, new_words: bool = False, new_structure: bool = False
) -> str:
    """Put a program into words, a random wording of those that training uses.

    `new_words` takes the synonyms that are held out, `new_structure` the sentences that are.
    """

    def say(ways: tuple[str, ...]) -> str:
        return ways[-1] if new_words else rng.choice(ways[:-1] or ways)

    then = _does(program, program.then, say, rng, new_structure)
    if not program.condition:
        known = ALWAYS[-1:] if new_structure else ALWAYS[:-1]
        return rng.choice(known).format(then=then)
    condition = _condition(program, say, rng, new_structure)
    if program.other:
        other = _does(program, program.other, say, rng, new_structure)
        known = EITHER[-1:] if new_structure else EITHER[:-1]
        return rng.choice(known).format(then=then, c=condition, other=other)
    known = ONLY[-1:] if new_structure else ONLY[:-1]
    return rng.choice(known).format(then=then, c=condition)


def _condition(program: Program, say: Say, rng: random.Random, new_structure: bool) -> str:
    first, *rest = (say(CONDITIONS[name]) for name in program.condition.split(AND))
    if not rest:
        return first
    return rng.choice(BOTH[-1:] if new_structure else BOTH[:-1]).format(c=first, d=rest[0])


def manual_words(program: Program, rng: random.Random) -> tuple[str, str]:
    """Return a manual's summary and `when` for a program; together a wording that training uses."""

    def say(ways: tuple[str, ...]) -> str:
        return rng.choice(ways[:-1] or ways)

    summary = _does(program, program.then, say, rng, False)
    when = "in any state"
    if program.condition:
        when = f"when {_condition(program, say, rng, False)}"
        if program.other:
            when += f" , else {_does(program, program.other, say, rng, False)}"
    return _tidy(summary), _tidy(when)


def _tidy(text: str) -> str:
    """Return a wording as people write it; the S-LLM reads both alike."""
    for mark in (",", ";", ":"):
        text = text.replace(f" {mark}", mark)
    return text[0].upper() + text[1:]


def _does(
    program: Program, parts: tuple[str, ...], say: Say, rng: random.Random, new_structure: bool
) -> str:
    match program.side, program.stage:
        case "blue", "plan":
            return _dots(program.deal, parts, say, rng, new_structure)
        case "orange", "plan":
            verb = rng.choice(("runs", "goes", "heads", "moves", "orange runs", "orange goes"))
            return f"{verb} {say(GOALS[parts[0]])}"
        case "blue", "move":
            aim, tie, deal = parts
            who = rng.choice(("each dot goes", "each dot", "every dot goes", "each dot walks"))
            target, way = say(AIMS[aim]), say(TIES[tie])
            first = rng.random() < 0.75
            text = f"{who} to {target} {way}" if first else f"{way} , {who} to {target}"
            if program.aware:
                text = f"{text} {say(AWARE['blue'])}"
            if deal == "given":
                return text
            shared = say(DEALS[deal])
            return f"{shared} ; {text}" if rng.random() < 0.5 else f"{text} ; {shared}"
        case _:
            danger, tie = parts
            how = rng.choice(("steps toward", "goes toward", "steps to", "moves toward"))
            text = f"{how} the goal {say(TIES[tie])}"
            if program.aware:
                text = f"{text} {say(AWARE['orange'])}"
            if danger == "none":
                return text
            shunned = say(DANGERS[danger])
            return f"{text} , {shunned}" if rng.random() < 0.7 else f"{shunned} , {text}"


def _dots(
    deal: str, parts: tuple[str, ...], say: Say, rng: random.Random, new_structure: bool
) -> str:
    """Say what three dots do, those that do the same together."""
    groups: dict[str, list[str]] = {}
    for role, action in zip(ROLES, parts, strict=True):
        groups.setdefault(action, []).append(role)
    order = list(groups.items())
    rng.shuffle(order)
    clauses = []
    for action, who in order:
        what = _action(action, say, rng)
        if deal != "roles":
            name = ("one dot", "two dots", "three dots")[len(who) - 1]
        elif len(who) == 3:
            name = rng.choice(("all dots", "each dot", "every dot"))
        elif len(who) == 2:
            name = rng.choice(("{} and {} dots", "the {} and {} dots", "{} dot and {} dot"))
            name = name.format(*who)
        else:
            name = rng.choice((f"{who[0]} dot", f"the {who[0]} dot"))
        known = CLAUSES[-1:] if new_structure else CLAUSES[:-1]
        clause = rng.choice(known if action != "hold" else known[:3])
        if len(who) > 1 and name.split()[0] not in ("each", "every"):
            clause = clause.replace("goes", "go").replace("heads", "head")
        clauses.append(clause.format(name=name, what=what))
    text = " , ".join(clauses)
    if deal == "roles":
        return text
    return f"{text} , shared for {'no long way' if deal == 'longest' else 'the least way in all'}"


def _action(action: str, say: Say, rng: random.Random) -> str:
    if action in PLAIN:
        return say(PLAIN[action])
    side, count = action[:-1], int(action[-1])
    number = COUNTS[count - 1] if rng.random() < 0.5 else f"d{count}"
    return f"{number} {say(SIDES[side])}"
