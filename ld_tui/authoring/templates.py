"""Texts to begin a function with: a template for each type of result, or another function's text.

Each template is a whole function that passes every check, so that what a person breaks is theirs.
"""

import re
from datetime import date

from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.shelf import Place
from ld_tui.functionbase.store import Stage

_HEAD = """\
# The retriever and the S-LLM read `summary` and `when`: a sentence each,
# in words of other manuals. Words that the S-LLM doesn't know are marked.
name = "{name}"
side = "{side}"
stage = "{stage}"
summary = "{summary}"
when = "{when}"
origin = "user"

# state: size, blue (three cells), orange (a cell), unseen, side, step,
# changes, seed. A cell is (column, row) from 0: (0, 0) is a1.
# previous: what the stage before gave, or None.
source = '''
{source}'''

[provenance]
author = "{author}"
date = "{day}"

# What the function gives in one position; run at every check. Add more of them.
[[examples]]
{example}
"""

_TARGETS = '''\
def {name}(state, previous):
    """Return three cells on the board: a target for each blue dot, in the dots' order."""
    ox, oy = state["orange"]
    last = state["size"] - 1
    near = [(ox, oy), (min(ox + 1, last), oy), (max(ox - 1, 0), oy)]
    return near
'''
_GOAL = '''\
def {name}(state, previous):
    """Return one cell on the board: where orange runs to."""
    last = state["size"] - 1
    corners = [(0, 0), (0, last), (last, 0), (last, last)]

    def room(cell):
        return min(abs(x - cell[0]) + abs(y - cell[1]) for x, y in state["blue"])

    return max(corners, key=room)
'''
_BLUE_STEP = '''\
def {name}(state, previous):
    """Return three cells: each dot goes exactly two units toward its target in `previous`."""
    size = state["size"]
    ways = [(2, 0), (-2, 0), (0, 2), (0, -2), (1, 1), (1, -1), (-1, 1), (-1, -1)]
    ends = []
    for (x, y), (tx, ty) in zip(state["blue"], previous):
        there = [(x + dx, y + dy) for dx, dy in ways]
        there = [(cx, cy) for cx, cy in there if 0 <= cx < size and 0 <= cy < size]
        ends.append(min(there, key=lambda cell: abs(cell[0] - tx) + abs(cell[1] - ty)))
    return ends
'''
_ORANGE_STEP = '''\
def {name}(state, previous):
    """Return a list of one cell: orange goes one unit toward the goal in `previous`."""
    size = state["size"]
    x, y = state["orange"]
    gx, gy = previous
    there = [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
    there = [(cx, cy) for cx, cy in there if 0 <= cx < size and 0 <= cy < size]
    return [min(there, key=lambda cell: abs(cell[0] - gx) + abs(cell[1] - gy))]
'''


_BLUE_POSITION = 'position = "10 a1,c4,h8 f5 b 0 0,0 -"\n'
_ORANGE_POSITION = 'position = "10 a1,c4,h8 f5 o 0 0,0 -"\n'
_FORMS = {
    ("blue", "targets"): (
        "The dots head for orange and for the cells west and east of it.",
        "When the dots are close to orange on its west side and its east side.",
        _TARGETS,
        _BLUE_POSITION + "result = [[5, 4], [6, 4], [4, 4]]",
    ),
    ("orange", "goal"): (
        "Runs to the corner that is farthest from the nearest dot.",
        "When the dots are far from a corner.",
        _GOAL,
        _ORANGE_POSITION + "result = [9, 0]",
    ),
    ("blue", "destinations"): (
        "Each dot steps straight toward its target.",
        "When the ways of the dots to their targets are open.",
        _BLUE_STEP,
        _BLUE_POSITION + "previous = [[5, 4], [5, 4], [5, 4]]\nresult = [[2, 0], [4, 3], [5, 7]]",
    ),
    ("orange", "destinations"): (
        "Steps straight toward the goal.",
        "When no dot is between orange and its goal.",
        _ORANGE_STEP,
        _ORANGE_POSITION + "previous = [9, 9]\nresult = [[6, 4]]",
    ),
}


def template(name: str, stage: Stage, author: str = "you", day: str = "") -> str:
    """Return a new function's text. Raises FunctionBaseError where the stage has no template."""
    form = _FORMS.get((stage.side, stage.result))
    if form is None:
        raise FunctionBaseError(
            f"there is no template for {stage.side}/{stage.name}; duplicate one of its functions"
        )
    summary, when, source, example = form
    return _HEAD.format(
        name=name,
        side=stage.side,
        stage=stage.name,
        summary=summary,
        when=when,
        source=source.format(name=name),
        author=author,
        day=day or date.today().isoformat(),
        example=example,
    )


def duplicate(text: str, manual: Manual, name: str, author: str = "you", day: str = "") -> str:
    """Return a function's text under another name, with its comments; it is the user's then."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import Table

    word = re.compile(rf"\b{re.escape(manual.name)}\b")
    try:
        document = tomlkit.parse(text)
        document["name"] = name
        document["origin"] = "user"
        source = word.sub(name, manual.source)
        # Parsed, so that it keeps the line of its own that it begins on.
        document["source"] = tomlkit.parse(f"source = '''\n{source}'''")["source"]
        provenance = document["provenance"]
        assert isinstance(provenance, Table)
        provenance["author"], provenance["parent"] = author, manual.name
        provenance["date"] = day or date.today().isoformat()
        return tomlkit.dumps(document)
    except (TOMLKitError, ValueError, AssertionError) as error:
        raise FunctionBaseError(f"{Place.of(manual)} can't be duplicated: {error}") from error
