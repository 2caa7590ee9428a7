"""The settings: for each its kind, default, help, place in the file, variable and flag.

Nothing else in the program names a setting's default. Secrets are none of them: keys of servers are
read from the environment where they are used, and are never written or shown.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from ld_tui.config.kinds import MODEL_TEXT, Choice, Keys, Kind, Number, Switch, Text
from ld_tui.game.board import MAX_SIZE, MIN_SIZE
from ld_tui.game.maps import map_names

THEMES = ("safe", "dark", "light", "contrast", "ascii")
LEVELS = ("beginner", "casual", "club", "full", "expert")
"""What arena/levels.py holds, by name."""
LLM_URL = "LD_TUI_LLM_URL"
"""The variable that names the server of the author l-llm; llm/endpoint.py reads it."""
OPEN = "open"
"""The map that is none."""
SECTIONS = {
    "game": "A new game",
    "screen": "The screen",
    "agent": "The LD agent",
    "folders": "Folders",
    "keys": "Keys",
}
"""The tables of the file, with what they are called on the screen."""


def _setting(key: str, kind: Kind, default: Any, about: str, flag: str = "", note: str = "") -> Any:
    """Return a field of `Config`; `flag` is empty where there is none."""
    meta = {"key": key, "kind": kind, "help": about, "flag": flag, "note": note}
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=meta)
    return field(default=default, metadata=meta)


@dataclass(frozen=True, slots=True)
class Config:
    """The value of every setting."""

    side: str = _setting(
        "game.side",
        Choice(("ask", "blue", "orange", "random")),
        "ask",
        "the side that `ld-tui play` gives you; ask opens the start screen",
        "--side",
        "next start",
    )
    size: int = _setting(
        "game.size",
        Number(MIN_SIZE, MAX_SIZE),
        10,
        "the board's width and height in cells",
        "--size",
        "next game",
    )
    opponent: str = _setting(
        "game.opponent",
        Choice(("ld", "perfect", "greedy", "random", "kd", "human")),
        "ld",
        "who plays against you; human is a person at the same screen",
        "--opponent",
        "next game",
    )
    map: str = _setting(
        "game.map",
        Choice((OPEN, *map_names())),
        OPEN,
        "the map of a new game, where it is drawn for the size",
        "--map",
        "next game",
    )
    clock: float = _setting(
        "game.clock",
        Number(0, 600, 1, False),
        0,
        "minutes that each side has; the clock only counts, and 0 is none",
        "--clock",
        "next game",
    )
    hints: bool = _setting(
        "game.hints",
        Switch(),
        True,
        "whether the hint key fills in a best move",
    )
    reply_delay: float = _setting(
        "game.reply_delay",
        Number(0, 10, 0.25, False),
        0.25,
        "seconds that an answer to your move is held back, to be seen",
        "--reply-delay",
        "next game",
    )
    turn_seconds: float = _setting(
        "game.turn_seconds",
        Number(0, 4, 0.2, False),
        0.8,
        "seconds that a turn stands when programs play each other",
        "--turn-seconds",
        "next game",
    )
    theme: str = _setting(
        "screen.theme",
        Choice(THEMES),
        "safe",
        "colors: safe for color-blind eyes, dark, light, high contrast, or letters without colors",
        "--theme",
    )
    ascii: str = _setting(
        "screen.ascii",
        Choice(("auto", "on", "off")),
        "auto",
        "draw the board with letters; auto does where the terminal isn't UTF-8",
        "--ascii",
    )
    motion: bool = _setting(
        "screen.motion",
        Switch(),
        True,
        "let things glide; off moves them at once",
        "--motion",
    )
    sound: bool = _setting(
        "screen.sound",
        Switch(),
        False,
        "ring the terminal's bell when it is your turn, at an emergency and at the end",
        "--sound",
    )
    moves: bool = _setting("screen.moves", Switch(), True, "show the list of moves and events")
    value: bool = _setting("screen.value", Switch(), True, "show what the game is worth")
    marks: bool = _setting(
        "screen.marks",
        Switch(),
        True,
        "mark moves that lost steps: ?! 1, ? 2, ?? more",
    )
    level: str = _setting(
        "agent.level",
        Choice(LEVELS),
        "full",
        "how strong LD plays, weakest first; a K set beside it is taken instead",
        "--level",
        "next game",
    )
    k: int = _setting(
        "agent.k",
        Number(1, 8),
        5,
        "how many candidates the S-LLM chooses among; by itself as many as the level says",
        "-k",
        "next game",
    )
    model: str = _setting(
        "agent.model",
        Text(MODEL_TEXT),
        "",
        "the S-LLM; empty is the shipped one",
        "--model",
    )
    model_name: str = _setting(
        "agent.model_name",
        Text("a name"),
        "",
        "which of a server's models, where it has several",
        "--model-name",
    )
    embedder: str = _setting(
        "agent.embedder",
        Text("a folder, or a name that sentence-transformers knows"),
        "",
        "the retriever's embedding model; empty is the shipped one",
        "--embedder",
    )
    author: str = _setting(
        "agent.author",
        Choice(("composer", "l-llm", "none")),
        "composer",
        "who writes functions in emergencies; l-llm needs LD_TUI_LLM_URL",
        "--author",
    )
    functionbase: str = _setting(
        "folders.functionbase",
        Text("a folder"),
        "",
        "a function base; empty is your own",
        "--functionbase",
        "next start",
    )
    saves: str = _setting(
        "folders.saves",
        Text("a folder"),
        "",
        "where games are saved; empty is the usual place",
        "--saves",
        "next start",
    )
    keys: Mapping[str, str] = _setting(
        "keys", Keys(), {}, "other keys for what has a key; Quit always keeps ctrl+q and F10",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of one setting."""

    name: str
    """Its field in `Config`."""
    key: str
    """Its place in the file: table, dot, name."""
    kind: Kind
    default: Any
    help: str
    flag: str
    """Empty where no flag sets it."""
    note: str
    """When a change on the screen counts; empty: at once."""

    @property
    def environ(self) -> str:
        """The environment variable that sets it."""
        return f"LD_TUI_{self.name.upper()}"

    @property
    def section(self) -> str:
        return self.key.partition(".")[0]

    @property
    def is_place(self) -> bool:
        """Tell whether it may name a file or folder that has to exist."""
        return self.name in ("model", "embedder", "functionbase")

    def parse(self, text: str) -> Any:
        """Return the value of a text. Raises ValueError."""
        return self.kind.parse(text)

    def show(self, value: Any) -> str:
        """Return a value as text that `parse` reads."""
        return self.kind.show(value)


def _all() -> dict[str, Setting]:
    found = {}
    for each in fields(Config):
        default = each.default if each.default is not MISSING else {}
        meta = each.metadata
        found[meta["key"]] = Setting(
            each.name, meta["key"], meta["kind"], default, meta["help"], meta["flag"], meta["note"]
        )
    return found


SETTINGS: Mapping[str, Setting] = _all()
"""Every setting by its key, in the order of the file."""
BY_NAME: Mapping[str, Setting] = {each.name: each for each in SETTINGS.values()}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the file, as plain data."""
    tables: dict[str, Any] = {}
    for each in SETTINGS.values():
        about = {"description": each.help, "default": each.default, **each.kind.schema()}
        if each.key == each.section:
            tables[each.section] = about
            continue
        table = tables.setdefault(
            each.section, {"type": "object", "additionalProperties": False, "properties": {}}
        )
        table["properties"][each.key.partition(".")[2]] = about
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ld-tui configuration",
        "type": "object",
        "additionalProperties": False,
        "properties": tables,
    }
