"""The keys of the play screen: each with an id of its own, and a line for the help."""

from textual.binding import Binding, BindingType


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
    _key("m", "type", "type", "Type a move: c9e9"),
    _key("h", "hint", "hint", "Fill in a best move"),
    _key("u,backspace", "undo", "undo", "Take back a dot, or turns", display="u"),
    _key("space", "space", "pause", "Send; pause programs"),
    _key("full_stop", "step", "step", "One turn; ask again", display="."),
    _key("plus,equals_sign", "speed(1)", "faster", "Faster", display="+"),
    _key("minus", "speed(-1)", "slower", "Slower", display="-"),
    _key("e", "block", "roadblock", "Close cells: mark, then e"),
    _key("E", "random_block", "random", "Close two cells at random", show=False),
    _key("w", "watch", "watch", "Programs play both, or not"),
    _key("b", "take_over('blue')", "blue", "Take over blue, or not", show=False),
    _key("o", "take_over('orange')", "orange", "Take over orange, or not", show=False),
    _key("g", "substitute", "greedy", "Greedy for a stuck program"),
    _key("s", "fold", "panels", "Hide or show the panels"),
    _key("n", "new", "new", "New game; this is saved"),
    _key("r", "resume", "resume", "Go on with a saved game", show=False),
    _key("pageup", "page(1)", "back", "Look back in the moves", show=False),
    _key("pagedown", "page(-1)", "forward", "Look forward again", show=False),
    _key("escape", "escape", "leave", "Leave typing, roadblock", show=False, display="esc"),
]  # fmt: skip
