"""What a language model is told in order to write a function, and how its answer is read.

The rules and the state come in the words that the rest of the program has for them. An answer is
two lines and one block of code; what is not exactly there is refused, never guessed.
"""

import re
from collections.abc import Sequence

from ld_tui.agent.events import Plain
from ld_tui.agent.vocabulary import known_words
from ld_tui.arena.pursuit import PursuitSituation
from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import MAX_WORDS, Manual
from ld_tui.functionbase.store import Stage
from ld_tui.game.describe import rules_text
from ld_tui.game.emergencies import emergencies_of
from ld_tui.game.rules import Position
from ld_tui.sandbox.run import MODULES

_RESULTS = {
    "targets": "a list of three cells on the board, in the dots' order: where each should head",
    "goal": "one cell on the board: where orange should run",
    "destinations": "a list with one cell for each dot of your side, in the dots' order: where it "
    "ends this very turn",
}
_STATE = """\
`state` is a dict of plain data:
- size: the board is size x size. A cell is (col, row), 0-based: (0, 0) is a1, (3, 4) is d5.
- blue: a list of three cells, the blue dots in their order. orange: a cell.
- unseen: True where blue doesn't see orange and its cell is where it was seen last.
- side: "blue" or "orange", who is to move. step: steps finished. seed: a whole number.
- changes: the rule changes in force, a list of str, as "roadblock:d4,d5@12" (these cells are \
closed), "jam:2" (blue dot 2, counted from 1, has to stay on its cell), "sprint" (orange moves two \
units), "fog:2,f5" (blue sees 2 far; orange was last seen on f5), "storm:1@9" (so many outer rings \
of the board are closed). "@12" says that it ends when 12 steps are finished; it may be missing.
It holds no list of closed cells or of legal moves: read `changes`, and work them out."""
_DIALECT = f"""\
It runs in a small sandboxed Python, for at most 0.25 s and 64 MB a call. It may import only \
{", ".join(MODULES)}. There is no `del`, `yield`, `global`, class inheritance or @property, no \
file, network or clock. Outside of functions there are only imports, classes and constants. \
Chance, if any, comes from random.Random(state["seed"]): the same call has to give the same \
result. Use no ''' in it."""
_FORMAT = f"""\
Answer with exactly this and nothing else: two lines, then one block of code.
summary: what it does, one sentence of at most {MAX_WORDS} words
when: when to use it, one sentence of at most {MAX_WORDS} words
```python
def NAME(state, previous):
    ...
```"""

JUDGMENT = (
    "It is run in positions near the one at hand. It is refused where it fails, proposes what is "
    "illegal, or loses more steps against best play than the functions that this stage has."
)
"""How a draft is judged where nobody says otherwise."""
_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
"""How models whose server doesn't set their reasoning apart put it before an answer."""
_FENCE = re.compile(r"```\s*(\w*)\s*")
_KEY = re.compile(r"(summary|when):(.*)")


def brief(
    situation: PursuitSituation,
    stage: Stage,
    before: Stage | None,
    example: Manual | None,
    calls: Sequence[tuple[Position, Plain]],
    name: str,
    errors: Sequence[str],
    judgment: str = JUDGMENT,
) -> str:
    """Ask for a function of a stage.

    `before` is the stage before, None in the first; `calls` are positions with what that stage gave
    there; `example` is a function that the stage has; `errors` say why its functions failed.
    """
    position = situation.position
    forced = "; ".join(each.describe() for each in emergencies_of(position))
    happened = f"An emergency: {forced}." if forced else ""
    if errors:
        happened += "\nEvery function of this stage failed just now:\n" + "\n".join(errors)
    previous = "`previous` is None."
    if before is not None:
        previous = f"`previous` is what stage {before.name} gave: {_RESULTS[before.result]}."
    legal = ""
    if stage.result == "destinations":
        legal = " Every one has to be legal by the rules in force. A dot with no legal way stays."
    parts = [
        "You write a function for a player of a board game.",
        f"RULES\n{rules_text(position.rules, position.to_move)}",
        happened.strip(),
        f"TASK\nWrite `def {name}(state, previous):` for the stage {stage.name} of {stage.side}: "
        f"{stage.question}\nIt returns {_RESULTS[stage.result]}.{legal}\n"
        f"{previous}\n{_STATE}",
        f"PYTHON\n{_DIALECT}",
        f"JUDGMENT\n{judgment}",
        f"THE POSITION AT HAND\n{situation.state_text(stage, None)}",
        *(f"state = {situation.arguments()}\nprevious = {given}" for _, given in calls[:1]),
    ]
    if example is not None:
        parts.append(
            "AN EXAMPLE of this stage, written for the rules without any change, in the form in "
            f"which to answer:\n{_shown(example)}"
        )
    if words := known_words():
        parts.append(
            "WORDS\nWho chooses among functions reads summary and when, and knows only these "
            "words, numbers, and N3 (three cells to the north) or d2 (at distance 2): "
            + " ".join(sorted(words))
        )
    parts.append(f"ANSWER\n{_FORMAT.replace('NAME', name)}")
    return "\n\n".join(part for part in parts if part)


def repair(name: str, problem: str) -> str:
    """Ask for another draft after one that was refused."""
    return (
        f"Refused. {problem}\n\nMend this and answer anew, with the whole of {name}.\n"
        f"{_FORMAT.replace('NAME', name)}"
    )


def read_answer(answer: str) -> tuple[str, str, str]:
    """Return summary, when and source of an answer.

    Text around these three is passed over, but each of them has to be there exactly once. Raises
    FunctionBaseError, in one line, naming everything that is wrong.
    """
    found: dict[str, list[str]] = {"summary": [], "when": []}
    blocks: list[list[str]] = []
    wrong = []
    is_code = False
    for line in _THOUGHT.sub("", answer.replace("\r\n", "\n")).split("\n"):
        fence = _FENCE.fullmatch(line)
        if fence and is_code:
            is_code = False
        elif fence:
            is_code = True
            blocks.append([])
            if fence[1].lower() not in ("", "python", "py"):
                wrong.append(f"a block of {fence[1][:20]}, not of python")
        elif is_code:
            blocks[-1].append(line)
        elif entry := _KEY.fullmatch(line.strip()):
            found[entry[1]].append(entry[2].strip())
    wrong += [
        f"{len(lines) or 'no'} line{'s'[: len(lines) > 1]} `{key}: ...`; write exactly one"
        for key, lines in found.items()
        if len(lines) != 1
    ]
    if len(blocks) != 1:
        blocks_found = f"{len(blocks)} blocks" if blocks else "no block"
        wrong.append(f"{blocks_found} of code; write exactly one, from ```python to ```")
    if is_code:
        wrong.append("the block of code doesn't end with ```; the answer is cut off")
    if wrong:
        raise FunctionBaseError("the answer has: " + "; ".join(wrong))
    return found["summary"][0], found["when"][0], "\n".join(blocks[0]).rstrip() + "\n"


def _shown(manual: Manual) -> str:
    return (
        f"summary: {manual.summary}\nwhen: {manual.when}\n```python\n{manual.source.strip()}\n```"
    )
