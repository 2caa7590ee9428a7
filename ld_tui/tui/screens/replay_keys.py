"""The keys of the replay screen, each with an id of its own and a line for the help."""

from textual.binding import Binding, BindingType


def _key(
    keys: str, action: str, text: str, tip: str, show: bool = True, display: str = ""
) -> Binding:
    name = f"replay.{action.split('(')[0]}.{keys.split(',')[0]}"
    return Binding(keys, action, text, show=show, key_display=display or None, id=name, tooltip=tip)


REPLAY_KEYS: list[BindingType] = [
    _key("left,comma", "move(-1)", "back", "One turn back", display="←"),
    _key("right,full_stop", "move(1)", "on", "One turn on", display="→"),
    _key("space", "play", "play", "Play on, or pause"),
    _key("t", "turning(1)", "turning point", "Next turn that lost steps"),
    _key("T", "turning(-1)", "turning point", "The turning point before", show=False),
    _key("e", "emergency(1)", "emergency", "Next emergency", show=False),
    _key("E", "emergency(-1)", "emergency", "The emergency before", show=False),
    _key("home,shift+left", "seek(0)", "first", "The start", show=False, display="home"),
    _key("end,shift+right", "seek(99999)", "last", "The last turn", show=False, display="end"),
    _key("plus,equals_sign", "speed(1)", "faster", "Faster", show=False, display="+"),
    _key("minus", "speed(-1)", "slower", "Slower", show=False, display="-"),
    _key("b", "branch('blue')", "blue", "Play on as blue", show=False),
    _key("o", "branch('orange')", "orange", "Play on as orange", show=False),
    _key("w", "branch('watch')", "watch", "Let programs play on", show=False),
    _key("c", "continue", "branch", "Branch: play on from here"),
    _key("escape", "leave", "leave", "Leave", display="esc"),
    _key("x", "what_if", "what if", "Play on otherwise: what if"),
    _key("X", "export", "export", "Export the game to a file"),
    _key("v", "view", "code", "Show what an author wrote"),
    _key("s", "fold", "panels", "Hide or show the panels", show=False),
    _key("y", "copy_position", "copy", "Copy the position", show=False),
    _key("l", "games", "games", "The list of games"),
    _key("pageup", "page(1)", "back", "Look back in the moves", show=False, display="pgup/dn"),
    _key("pagedown", "page(-1)", "forward", "", show=False),
    _key("enter", "enter", "go", "Go to the turn typed", show=False),
]  # fmt: skip
