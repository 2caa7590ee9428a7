"""The keys of the play screen, each with an id of its own and a line for the help; its menus."""

from collections.abc import Sequence

from textual.binding import Binding, BindingType

from ld_tui.agent.events import FunctionAdmitted
from ld_tui.tui.conductor import Conductor
from ld_tui.tui.widgets.menu import Item

EMERGENCIES = (
    Item("mark", "roadblock here…", "mark the cells that close", "e"),
    Item("roadblock", "random roadblock", "two cells near orange close", "r"),
    Item("jam", "jam", "a blue dot can't move", "j"),
    Item("sprint", "sprint", "orange moves two units", "s"),
    Item("fog", "fog", "orange is seen only nearby", "f"),
    Item("storm", "storm", "the outer ring closes", "t"),
)
"""What can strike, and the letter that chooses it."""


def _key(
    keys: str, action: str, text: str, tip: str, show: bool = True, display: str = ""
) -> Binding:
    name = f"play.{action.split('(')[0]}.{keys.split(',')[0]}"
    return Binding(keys, action, text, show=show, key_display=display or None, id=name, tooltip=tip)


PLAY_KEYS: list[BindingType] = [
    _key("enter", "enter", "choose", "Pick a dot, a cell; send", show=False),
    _key("up", "cursor(0,1)", "cursor", "Move the cursor", show=False, display="↑↓←→"),
    _key("down", "cursor(0,-1)", "cursor", "", show=False),
    _key("left", "cursor(-1,0)", "cursor", "", show=False),
    _key("right", "cursor(1,0)", "cursor", "", show=False),
    _key("tab", "cycle(1)", "next dot", "Select the next dot", show=False),
    _key("shift+tab", "cycle(-1)", "previous dot", "", show=False),
    _key("x", "skip_author", "skip", "Let nothing be written"),
    _key("m", "type", "type", "Type a move: c9e9"),
    _key("h", "hint", "hint", "Fill in a best move"),
    _key("u,backspace", "undo", "undo", "Take back a dot, or turns", display="u"),
    _key("space", "space", "pause", "Send; pause programs"),
    _key("full_stop", "step", "step", "One turn; ask again", display="."),
    _key("comma", "back", "back", "Look back, turn by turn", display=","),
    _key("t", "run_on", "turning point", "To the next turning point"),
    _key("e", "emergency", "emergency", "Choose what strikes"),
    _key("E", "strike('roadblock')", "random", "Close two cells at random", show=False),
    _key("K", "keep", "keep", "Keep a new function"),
    _key("v", "view", "code", "Show what was written"),
    _key("f", "functions", "edit", "Edit the functions"),
    _key("D", "decide_again", "decide again", "Decide LD's turn again", show=False),
    _key("plus,equals_sign", "speed(1)", "faster", "Faster", display="+"),
    _key("minus", "speed(-1)", "slower", "Slower", display="-"),
    _key("w", "watch", "watch", "Programs play both, or not"),
    _key("b", "take_over('blue')", "blue", "Take over blue, or not", show=False),
    _key("o", "take_over('orange')", "orange", "Take over orange, or not", show=False),
    _key("g", "substitute", "greedy", "Greedy for a stuck program"),
    _key("s", "fold", "panels", "Hide or show the panels", show=False),
    _key("y", "copy_position", "copy", "Copy the position", show=False),
    _key("N", "hurry", "move now", "LD stops thinking, moves"),
    _key("l", "line", "best line", "Step through the best line", show=False),
    _key("L", "look_back", "look back", "The turns in a list", show=False),
    _key("a", "again", "again", "The same game again"),
    _key("z", "switch", "switch sides", "Again, with sides switched"),
    _key("X", "export", "export", "Export the game to a file"),
    _key("R", "resign", "resign", "Give the game up", show=False),
    _key("S", "sound", "sound", "Sound on or off", show=False),
    _key("n", "new", "new", "New game; this is saved"),
    _key("r", "resume", "resume", "Go on with a saved game", show=False),
    _key("pageup", "page(1)", "back", "Look back in the moves", show=False, display="pgup/dn"),
    _key("pagedown", "page(-1)", "forward", "", show=False),
    _key("escape", "escape", "leave", "Leave typing, marking", show=False, display="esc"),
]  # fmt: skip


RESIGN = (
    Item("no", "No", "play on", "n"),
    Item("yes", "Yes, give it up", "the other side wins", "y"),
)
"""What resigning asks."""
HAND_OVER = (
    Item("no", "No", "play on", "n"),
    Item("yes", "Yes", "the same key takes it back", "y"),
)
"""What handing one's own side to a program asks."""


def keys_unsaid(game: Conductor) -> set[str]:
    """Return the actions whose keys have no place in the bar now: others matter more."""
    if game.is_over:
        return {"type", "space", "functions", "view"}
    if game.is_persons_turn:
        return {"space", "back", "export"}
    if game.trouble:
        return {"type", "space", "speed(1)", "speed(-1)", "back", "export"}
    return {"type", "export", "undo" if game.is_watching else "back"}


def keys_said(game: Conductor) -> dict[str, str]:
    """Return what keys do now, where that changes with the game."""
    return {
        "space": "go on" if game.is_paused else "pause",
        "view": "decision" if game.shows_work else "code",
    }


def kept_items(written: Sequence[FunctionAdmitted]) -> list[Item]:
    """Return the functions that can be kept, as a menu: all of them first."""
    names = [Item(event.name, event.name) for event in written]
    return [Item("*", "all of them", f"{len(names)} functions", "a"), *names]
