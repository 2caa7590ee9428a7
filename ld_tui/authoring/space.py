"""The programs that functions can be composed of, and the words for them.

A program is a condition and, for when it holds and when it doesn't, where to go: for each of
blue's dots in the plan stage, for orange's one dot, or how to walk in the move stages. The S-LLM
trains on thousands of them, so that it reads functions that it never saw; `evaluate.py` runs them
on many states at once. The module knows words and structure, no state.
"""

import random
from dataclasses import dataclass, replace

ROLES = ("near", "mid", "far")
AND = " and "
"""Between the names of two conditions that have to hold together."""

# What a state is, by the name of its test in `evaluate.py` -> ways to say it; in each the last is
# held out from training.
CONDITIONS: dict[str, tuple[str, ...]] = {
    "near_touching": (
        "near dot is touching or poised",
        "near dot touching or poised",
        "the near dot is within two",
        "the nearest dot is poised",
    ),
    "near_loose": (
        "near dot is close or loose",
        "near dot close or loose",
        "the near dot is beyond two",
        "no dot is poised",
    ),
    "mid_near": (
        "mid dot is holding or paired",
        "the mid dot is within three",
        "mid dot paired or holding",
        "the middle dot is within three",
    ),
    "mid_lagging": (
        "mid dot is trailing or lagging",
        "the mid dot is beyond three",
        "mid dot lagging or trailing",
        "the middle dot is beyond three",
    ),
    "far_joined": (
        "far dot is joined or rejoining",
        "the far dot is within five",
        "far dot joined or rejoining",
        "the farthest dot is within five",
    ),
    "far_straggling": (
        "far dot is straggling or distant",
        "the far dot is beyond five",
        "far dot straggling or distant",
        "the farthest dot is beyond five",
    ),
    "bunched": ("dots are bunched", "the dots bunched", "dots bunched together", "bunched dots"),
    "scattered": (
        "dots are scattered",
        "the dots scattered",
        "dots scattered apart",
        "scattered dots",
    ),
    "center": (
        "orange is in the center",
        "orange off every wall",
        "orange in the center",
        "orange is near no wall",
    ),
    "walled": (
        "orange is on the edge or cornered",
        "orange on an edge or cornered",
        "orange at a wall",
        "orange has a wall beside it",
    ),
    "space": (
        "flight is into space",
        "orange's flight is into space",
        "flight into space",
        "orange's flight has space",
    ),
    "confined": (
        "flight is edgeward or at a wall",
        "orange's flight is edgeward",
        "flight edgeward or wall",
        "orange's flight has a wall",
    ),
    "unseen": (
        "orange is unseen",
        "orange unseen",
        "orange is out of sight",
        "orange is hidden",
    ),
    "fast": (
        "orange is fast",
        "orange fast",
        "orange moves fast",
        "orange is quick",
    ),
}

# Where a place lies from orange, by name -> ways to say it, the last held out.
SIDES: dict[str, tuple[str, ...]] = {
    "north": ("north of orange", "to the north of orange", "on orange's north side"),
    "east": ("east of orange", "to the east of orange", "on orange's east side"),
    "south": ("south of orange", "to the south of orange", "on orange's south side"),
    "west": ("west of orange", "to the west of orange", "on orange's west side"),
    "ahead": ("ahead of orange's flight", "ahead on its flight", "in front of orange's flight"),
    "behind": ("behind orange's flight", "behind against its flight", "back of orange's flight"),
    "left": ("left of orange's flight", "on the left of its flight", "its flight's left flank"),
    "right": ("right of orange's flight", "on the right of its flight", "its flight's right flank"),
    "inner": ("on the inner side of orange", "inner side from its wall", "off orange's wall"),
    "outer": ("on orange's wall side", "between orange and its wall", "toward orange's wall"),
    "along": ("along orange's wall", "along its wall to the open end", "down along orange's wall"),
    "back": ("back along orange's wall", "along its wall to the corner", "up along orange's wall"),
    "beyond": ("beyond orange from the near dot", "past orange", "opposite the near dot"),
    "shadow": ("beyond orange from the far dot", "opposite the far dot", "far side of orange"),
}
COUNTS = ("one cell", "two cells", "three cells")

# What a dot does that needs no distance -> ways to say it, the last held out.
PLAIN: dict[str, tuple[str, ...]] = {
    "strike": ("straight for orange", "straight at orange", "right at orange"),
    "hold": ("holds", "keeps its place", "holds still"),
    "join_near": ("joins the near dot", "to the near dot", "to where the near dot is"),
    "join_mid": ("joins the mid dot", "to the mid dot", "to where the mid dot is"),
    "join_far": ("joins the far dot", "to the far dot", "to where the far dot is"),
    "middle": ("to the middle of the board", "to the center", "to the board's middle"),
}
ACTIONS = (*PLAIN, *(f"{side}{count}" for side in SIDES for count in (1, 2, 3)))
"""Where a dot of blue's can be sent."""

# Where orange can run to -> ways to say it, the last held out.
GOALS: dict[str, tuple[str, ...]] = {
    "from_near": ("away from the near dot", "off from the near dot", "fleeing the near dot"),
    "from_mid": ("away from the mid dot", "off from the mid dot", "fleeing the mid dot"),
    "from_far": ("away from the far dot", "off from the far dot", "fleeing the far dot"),
    "from_all": ("away from all dots", "off from all dots", "fleeing all dots"),
    "past_near": ("past the near dot", "behind the near dot", "by the near dot"),
    "past_far": ("past the far dot", "behind the far dot", "by the far dot"),
    "corner_near": (
        "to the corner farthest from the near dot",
        "to a corner away from the near dot",
        "for the corner most distant from the near dot",
    ),
    "corner_far": (
        "to the corner farthest from the far dot",
        "to a corner away from the far dot",
        "for the corner most distant from the far dot",
    ),
    "corner_all": (
        "to the corner farthest from any dot",
        "to a corner away from all dots",
        "for the corner most distant from any dot",
    ),
    "corner_own": ("to its nearest corner", "to the corner nearest orange", "for the close corner"),
    "middle": ("to the middle of the board", "to the center", "to the board's middle"),
    "wall_open": ("to the wall with most room", "to the farthest wall", "for the wall far off"),
    "wall_own": ("to its nearest wall", "to the wall nearest orange", "for the close wall"),
    "along": ("along its wall to the open end", "along its wall", "down along its wall"),
    "back": ("along its wall to the corner", "back along its wall", "up along its wall"),
    "inner": ("off its wall", "to the inner side", "in from its wall"),
    "north": ("to the north wall", "north", "up north"),
    "east": ("to the east wall", "east", "out east"),
    "south": ("to the south wall", "south", "down south"),
    "west": ("to the west wall", "west", "out west"),
}

# By what a dot chooses among cells as near to its target -> ways to say it, the last held out.
TIES: dict[str, tuple[str, ...]] = {
    "inner": ("nearest the middle", "by the middle", "on the middle's side"),
    "outer": ("nearest the walls", "by the walls", "on the walls' side"),
    "long_leg": ("the longer leg first", "longer leg first", "starting with the longer leg"),
    "short_leg": ("the shorter leg first", "shorter leg first", "starting with the shorter leg"),
    "close": ("closest to orange", "close to orange", "as close to orange as it can"),
    "wide": ("farthest from orange", "far from orange", "as far from orange as it can"),
    "apart": ("away from the far dot", "clear of the far dot", "keeping off the far dot"),
}
ORANGE_TIES = ("inner", "outer", "long_leg", "short_leg", "apart")
AIMS: dict[str, tuple[str, ...]] = {
    "target": ("its target", "the target", "its given target"),
    **{
        f"{side}1": tuple(f"one cell {way} its target" for way in ways)
        for side, ways in {
            "ahead": ("beyond", "farther along the flight than", "past"),
            "behind": ("behind", "back against the flight from", "short of"),
            "inner": ("on the inner side of", "inward of", "in from"),
            "outer": ("on the wall side of", "outward of", "out from"),
        }.items()
    },
}
DEALS: dict[str, tuple[str, ...]] = {
    "given": ("",),
    "longest": (
        "swaps targets so that no dot has far to go",
        "swaps targets for the shortest long way",
        "trades targets so that no way is long",
    ),
    "total": (
        "swaps targets so that all ways are short",
        "swaps targets for the least way in all",
        "trades targets for the least total way",
    ),
}
DANGERS: dict[str, tuple[str, ...]] = {
    "none": ("",),
    "beside": ("never beside a dot", "not beside a dot", "keeping from beside any dot"),
    "near": ("never nearer the near dot", "not nearer the near dot", "keeping the near dot off"),
    "far": ("never nearer the far dot", "not nearer the far dot", "keeping the far dot off"),
    "edge": ("never onto the edge", "not onto the edge", "keeping from the edge"),
}


AWARE = {
    "blue": (
        "around closed cells ; stuck dots stay",
        "by open cells only ; a stuck dot stays",
        "past closed cells ; what is stuck stays",
    ),
    "orange": ("around closed cells", "by open cells only", "past closed cells"),
}
"""How a program says that it looks at the rules in force; the last is held out."""


@dataclass(frozen=True, slots=True)
class Program:
    """A composed function of one side and stage.

    `condition` names one of `CONDITIONS` or two, with `AND` between them, or is empty.
    `then` is what is done where the condition holds (always, without one) and `other` what is done
    where it doesn't. Without `other` a program is for its condition only, as most plans of the base
    are: elsewhere blue's dots stay where they are, or walk as if they were at their targets, and
    orange goes to the far dot. In the plan stages `then` and `other` are actions or goals: blue's
    three for near, mid and far dot, or for whichever dots the three places are shared out to
    (`deal`). In the move stages they are one way of walking: aim, tie and deal for blue, danger and
    tie for orange.
    """

    side: str
    stage: str
    condition: str
    then: tuple[str, ...]
    other: tuple[str, ...] = ()
    deal: str = "roles"
    """Blue's plan: `roles`, or `longest` and `total` where the places go to any dots."""
    aware: bool = False
    """Moves: whether closed cells, stuck dots and orange's reach are looked at, as f^E has to."""
    finds_way: bool = False
    """Moves that are aware: whether nearness is the length of the way through open cells."""

    @property
    def is_narrow(self) -> bool:
        """Tell whether it is for some states only."""
        return bool(self.condition) and not self.other

    @property
    def structure(self) -> str:
        """Name the kind of program, whatever its parts."""
        match self.side, self.stage:
            case "blue", "plan":
                kind = ("all", "pair", "each")[len(set(self.then)) - 1]
                return f"{self.deal} {kind} {'else' if self.other else 'only'}"
            case "orange", "plan":
                what = self.then[0].partition("_")[0]
            case "blue", "move":
                aim, _, deal = self.then
                what = f"{deal} {'target' if aim == 'target' else 'beside'}"
            case _:
                what = "free" if self.then[0] == "none" else "wary"
        if self.is_narrow:
            return f"{what} {'two' if AND in self.condition else 'one'}"
        return f"{what} {'else' if self.other else 'always'}"


def sample(side: str, stage: str, rng: random.Random) -> Program:
    """Return a random program of a stage."""
    condition = rng.choice(list(CONDITIONS)) if rng.random() < 0.55 else ""
    match side, stage:
        case "blue", "plan":
            then = _blue_plan(rng)
            other = (rng.choice(ACTIONS),) * 3 if condition and rng.random() < 0.6 else ()
            deal = rng.choice(("roles", "roles", "roles", "longest", "total"))
            if deal != "roles":
                while any(PLAIN_OWN.intersection(then)):
                    then = _blue_plan(rng)
                other = ()
            return Program(side, stage, condition, then, other, deal)
        case "orange", "plan":
            first, second = rng.sample(list(GOALS), 2)
            return Program(side, stage, condition, (first,), (second,) if condition else ())
        case "blue", "move":
            ways = [
                (rng.choice(list(AIMS)), rng.choice(list(TIES)), rng.choice(list(DEALS)))
                for _ in range(2)
            ]
            return Program(side, stage, condition, ways[0], ways[1] if condition else ())
        case _:
            steps = [(rng.choice(list(DANGERS)), rng.choice(ORANGE_TIES)) for _ in range(2)]
            return Program(side, stage, condition, steps[0], steps[1] if condition else ())


def mutate(program: Program, rng: random.Random) -> Program:
    """Return a program that differs from another in one part: a place, a way, or the condition."""
    fresh = sample(program.side, program.stage, rng)
    then, other, condition, deal = program.then, program.other, program.condition, program.deal
    match rng.choice(("then", "then", "other", "condition", "drop")):
        case "then":
            at = rng.randrange(len(then))
            old, new = (
                then[at],
                rng.choice(fresh.then) if program.stage == "plan" else fresh.then[at],
            )
            whole = program.stage == "plan" and rng.random() < 0.5
            then = tuple(new if i == at or (whole and e == old) else e for i, e in enumerate(then))
        case "other" if condition:
            other = fresh.then
        case "drop":
            condition, other = "", ()
        case _:
            condition = rng.choice(list(CONDITIONS))
    if condition and not other and (program.side == "orange" or program.stage == "move"):
        other = fresh.then
    if program.side == "blue" and program.stage == "plan":
        other = (other[0],) * 3 if other else ()
        if PLAIN_OWN.intersection(then):
            deal = "roles"
        if deal != "roles":
            other = ()
    return replace(program, condition=condition, then=then, other=other, deal=deal)


def narrowed(program: Program, rng: random.Random) -> Program:
    """Return a program that is for some states only: where one random condition holds, or two."""
    conditions = rng.sample(list(CONDITIONS), rng.choice((1, 2)))
    return replace(program, condition=AND.join(conditions), other=())


PLAIN_OWN = frozenset({"hold", "join_near", "join_mid", "join_far"})
"""Actions that mean nothing once places are shared out anew."""


def _blue_plan(rng: random.Random) -> tuple[str, ...]:
    first, second, third = (rng.choice(ACTIONS) for _ in range(3))
    kind = rng.random()
    if kind < 0.2:
        return first, first, first
    if kind < 0.65:
        return rng.choice(((first, second, second), (first, first, second), (first, second, first)))
    return first, second, third
