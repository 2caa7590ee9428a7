"""What a finished game came to: each side's loss and the biggest mistake. Pure."""

from dataclasses import dataclass

from ld_tui.game.notation import format_move
from ld_tui.game.rules import Side
from ld_tui.tui.conductor import Conductor
from ld_tui.tui.deeds import mark_at
from ld_tui.tui.players import name_of


@dataclass(frozen=True, slots=True)
class SideSum:
    """What one side's turns came to."""

    name: str
    turns: int
    lost: int
    """Steps lost in turns whose loss has a number."""
    marks: tuple[int, int, int, int]
    """How many `!`, `?!`, `?`, `??`."""
    unknown: int
    """Turns of which nothing is known: fog, a board too large, or values not yet told."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """The turn that lost most."""

    ply: int
    step: int
    side: Side
    name: str
    move: str
    best: str
    lost: int | None
    """Steps; None: everything."""
    how: str
    """Which functions it came from, where a program explained it."""
    fault: str
    """What of that is known to have been against its own judgment; empty where nothing is."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished game."""

    sides: tuple[SideSum, SideSum]
    """Blue's and orange's."""
    mistake: Mistake | None
    """None where nothing was lost, as far as is known."""
    explained: Mistake | None = None
    """The same among the turns that functions stand behind."""


def summary_of(game: Conductor) -> Summary:
    """Return what a game came to, as far as its positions' values are known by now."""
    turns = game.game.record.turns
    lost, unknown, count = dict.fromkeys(Side, 0), dict.fromkeys(Side, 0), dict.fromkeys(Side, 0)
    marks: dict[Side, list[str]] = {side: [] for side in Side}
    worst: tuple[float, int] | None = None
    worst_explained: tuple[float, int] | None = None
    for ply, turn in enumerate(turns):
        side, before = turn.side, game.analysis_at(ply)
        count[side] += 1
        worth = before.moves.get(format_move(turn.move)) if before is not None else None
        if before is None or worth is None:
            unknown[side] += 1
            continue
        marks[side].append(mark_at(game, ply))
        regret: float = worth.regret or 0
        if worth.regret is None and worth.value != before.value:
            regret = float("inf")
        elif regret > 0:
            lost[side] += int(regret)
        if regret > 0 and (worst is None or regret > worst[0]):
            worst = (regret, ply)
        if (
            regret > 0
            and (worst_explained is None or regret > worst_explained[0])
            and chosen_in(turn.events)
        ):
            worst_explained = (regret, ply)
    blue, orange = (
        SideSum(
            name_of(game.game, side),
            count[side],
            lost[side],
            tuple(marks[side].count(sign) for sign in ("!", "?!", "?", "??")),  # type: ignore[arg-type]
            unknown[side],
        )
        for side in Side
    )
    mistakes = (None if one is None else _mistake(game, one) for one in (worst, worst_explained))
    return Summary((blue, orange), *mistakes)


def _mistake(game: Conductor, worst: tuple[float, int]) -> Mistake:
    regret, ply = worst
    turn, before = game.game.record.turns[ply], game.analysis_at(ply)
    return Mistake(
        ply=ply,
        step=game.game.positions[ply].steps + 1,
        side=turn.side,
        name=name_of(game.game, turn.side),
        move=format_move(turn.move),
        best=before.best if before is not None else "",
        lost=None if regret == float("inf") else int(regret),
        how=chosen_in(turn.events),
        fault=drawn_in(turn.events),
    )


def chosen_in(events: object) -> str:
    """Say which functions a decision came from, and how sure the S-LLM was of each."""
    if not isinstance(events, list | tuple):
        return ""
    ran = {each["stage"]: each["name"] for each in events if each.get("event") == "executed"}
    parts = []
    for each in events:
        if each.get("event") != "selected" or ran.get(each.get("stage")) != each.get("name"):
            continue
        shares = dict(zip(each["candidates"], each["probabilities"], strict=False))
        sure = f" ({shares.get(each['name'], 0):.0%})" if each["by"] == "s-llm" else ""
        parts.append(f"{each['name']}{sure}")
    if any(each.get("event") == "fell_back" for each in events):
        parts.append("a random move, as every function was struck")
    return ", then ".join(parts)


def drawn_in(events: object) -> str:
    """Say where a level's temperature drew another function than the S-LLM's likeliest."""
    if not isinstance(events, list | tuple):
        return ""
    parts = []
    for each in events:
        if each.get("event") != "selected" or each.get("by") != "s-llm":
            continue
        shares = dict(zip(each["candidates"], each["probabilities"], strict=False))
        likeliest = max(shares, key=lambda name: shares[name], default="")
        if shares.get(each["name"], 0) < shares.get(likeliest, 0):
            parts.append(f"{likeliest} ({shares[likeliest]:.0%})")
    if not parts:
        return ""
    return f"the level's temperature passed over {' and '.join(parts)}"
