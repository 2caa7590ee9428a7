"""The start screen: which side, what board and map, against whom, or what else to open."""

import random
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from ld_tui.arena.levels import LEVELS, MEASURED_SIZE, in_words, level_of
from ld_tui.game.board import MAX_SIZE, MIN_SIZE
from ld_tui.game.mapped import maps
from ld_tui.game.maps import Map
from ld_tui.game.rules import Rules, Side
from ld_tui.game.starts import starts
from ld_tui.tui.entries import ENTRIES, Entry
from ld_tui.tui.ground import plain_picture, sizes, title_of
from ld_tui.tui.messages import SavesListed
from ld_tui.tui.picture import Picture
from ld_tui.tui.screens.base import LdScreen
from ld_tui.tui.settings import ABOUT, CLOCKS, NAMES, OPPONENTS, Mode, Wanted
from ld_tui.tui.text import Line, cut, fit, plain, width_of, wrap
from ld_tui.tui.widgets.board import Board
from ld_tui.tui.widgets.keybar import KeyBar, key_text
from ld_tui.tui.widgets.menu import Item, Menu
from ld_tui.tui.widgets.painter import Painter
from ld_tui.tui.widgets.status import side_glyph

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp

PERSON = "a person"
"""How another person is called."""
RULES = (
    "Three blue dots hunt one orange dot. Each turn every blue dot goes two cells, then orange "
    "goes one. Blue wins when all three stand on orange's cell or right beside it; orange wins "
    "by lasting 100 steps."
)


class Banner(Painter):
    """The name, and what it is."""

    DEFAULT_CSS = """
    Banner { height: 3; }
    """
    letters = False

    def lines(self, width: int, height: int) -> list[Line]:
        blue, orange = (side_glyph(side, self.letters) for side in Side)
        title: Line = [
            (f"{blue} {blue} {blue}", "blue strong"),
            ("  ld-tui  ", "strong"),
            (orange, "orange strong"),
        ]
        about = cut("a small language model that thinks in functions", width)
        return [title, [(about, "title")]]


class HowToPlay(Painter):
    """The game in a few lines, under the board; nothing where there is no room for all of it."""

    DEFAULT_CSS = """
    HowToPlay { height: 1fr; width: 100%; padding: 1 0 0 0; }
    """

    def lines(self, width: int, height: int) -> list[Line]:
        lines = wrap(RULES, width, 40)
        return [[(line, "quiet")] for line in lines] if len(lines) <= height else []


class Choices(Painter):
    """The board's size, the opponent, and the map."""

    DEFAULT_CSS = """
    Choices { height: 10; margin: 1 0 0 0; }
    """

    def __init__(self, wanted: Wanted) -> None:
        super().__init__()
        self._places: list[tuple[int, int, int, str | None, bool]] = []
        """Row, first column, the column after the last, what is named there: a level, or a map."""
        self.take(wanted)

    def take(self, wanted: Wanted) -> None:
        """Offer a game that is wanted."""
        self.size_chosen = wanted.size
        self.opponent = wanted.opponent if wanted.opponent in OPPONENTS else "ld"
        self.clock = wanted.clock
        self.level = level_of(wanted.ld)
        self._custom = wanted.ld
        """LD's settings, should they be no level's."""
        self._levels = [*LEVELS, *([self.level] if self.level not in LEVELS else [])]
        self.map_wanted = wanted.map_name
        """Kept while a size without it is passed; None: the open board."""

    @property
    def map_chosen(self) -> Map | None:
        """The map that is played on; None: the open board."""
        return next((one for one in maps(self.size_chosen) if one.name == self.map_wanted), None)

    @property
    def ld(self) -> Mapping[str, object]:
        """LD's settings at the level chosen."""
        return LEVELS[self.level].settings() if self.level in LEVELS else self._custom

    def next_level(self, by: int) -> None:
        """Choose the next level, or the one before."""
        at = self._levels.index(self.level)
        self.level = self._levels[(at + by) % len(self._levels)]

    def next_clock(self) -> None:
        """Choose the next clock; none is one of them."""
        later = [seconds for seconds in CLOCKS if seconds > self.clock]
        self.clock = min(later, default=CLOCKS[0])

    def next_map(self, by: int) -> None:
        """Choose the next map of this size, or the one before; the open board is one of them."""
        names = self._names()
        chosen = self.map_chosen
        at = names.index(chosen.name if chosen is not None else None)
        self.map_wanted = names[(at + by) % len(names)]

    def _key(self, name: str) -> str:
        """Return the key that a person's keymap has for one of the screen's actions."""
        found = (each.binding for each in self.screen.active_bindings.values())
        return next((key_text(one) for one in found if one.id == f"start.{name}"), " ")

    def lines(self, width: int, height: int) -> list[Line]:
        name = "" if self.opponent == "human" else f"{NAMES[self.opponent]}: "
        about = cut(f"{name}{ABOUT[self.opponent]}", width - 15)
        clock = f"{self.clock // 60} min a side" if self.clock else "off"
        size = _square(self.size_chosen)
        lines: list[Line] = [
            [
                ("← →  ", "key"), ("board     ", "quiet"), (size, "strong"), (" " * 6, ""),
                (f"{self._key('clock')}  ", "key"), ("clock  ", "quiet"), (clock, "strong"),
            ],
            [(fit(self._key("opponent"), 5), "key"), ("opponent  ", "quiet"), (about, "strong")],
        ]  # fmt: skip
        self._places = []
        if self.opponent == "ld":
            lines.append([(fit(self._key("level"), 5), "key"), ("level    ", "quiet")])
            self._draw_names(lines, width, {name: name for name in self._levels}, self.level, True)
            about_level = wrap(self._about_level(), width - 15, 3)
            lines += [[(" " * 15, ""), (line, "quiet")] for line in about_level]
        lines.append([(fit(self._key("map"), 5), "key"), ("map      ", "quiet")])
        chosen = self.map_chosen
        titles: dict[str | None, str] = {None: "open"}
        titles |= {one.name: one.title for one in maps(self.size_chosen)}
        self._draw_names(lines, width, titles, chosen.name if chosen is not None else None)
        return [*lines, *self._about_map(width, height - len(lines))]

    def on_click(self, event: events.Click) -> None:
        screen = cast(StartScreen, self.screen)
        if event.y == 0:
            at = 15 + len(_square(self.size_chosen))
            if event.x > at:
                screen.action_clock()
            else:
                screen.action_resize(1 if event.x > 14 else -1)
        elif event.y == 1:
            screen.action_opponent()
        for row, start, end, name, is_level in self._places:
            if event.y == row and start <= event.x < end:
                if is_level and name is not None:
                    screen.choose_level(name)
                else:
                    screen.choose_map(name)

    def _names(self) -> list[str | None]:
        return [None, *(one.name for one in maps(self.size_chosen))]

    def _draw_names(
        self,
        lines: list[Line],
        width: int,
        titles: Mapping[Any, str],
        chosen: str | None,
        are_levels: bool = False,
    ) -> None:
        """Add what can be chosen, in as many rows as it takes, and note where it stands."""
        indent = at = width_of(lines[-1])
        for name, title in titles.items():
            text = f" {plain(title)} "
            if at + len(text) > width and at > indent:
                lines.append([(" " * indent, "")])
                at = indent
            lines[-1].append((text, "strong inverse" if name == chosen else ""))
            self._places.append((len(lines) - 1, at, at + len(text), name, are_levels))
            at += len(text)

    def _about_level(self) -> str:
        """Say how strong the level is, where that was measured."""
        if self.level not in LEVELS:
            return "your own settings, not measured"
        if self.size_chosen != MEASURED_SIZE or self.map_chosen is not None:
            return f"measured on the open {_square(MEASURED_SIZE)} alone"
        return in_words(self.level) or "not measured"

    def _about_map(self, width: int, rows: int) -> list[Line]:
        """Say what the map is and what best play comes to on it, or why it is not to be had."""
        chosen, size = self.map_chosen, _square(self.size_chosen)
        if chosen is not None:
            par = chosen.par.text if chosen.par is not None else ""
            about = wrap(chosen.about, width - 15, rows - 1)
            return [
                *([(" " * 15, ""), (line, "quiet")] for line in about),
                [(" " * 15, ""), (cut(par, width - 15), "")],
            ]
        if self.map_wanted is not None:
            title = title_of(self.map_wanted)
            text = f"no {title} on {size}: open board"
            return [[("     ", ""), (line, "warn")] for line in wrap(text, width - 5, rows)]
        if len(self._names()) == 1:
            text = f"maps are drawn for {', '.join(map(str, sizes()))}"
            return [[(" " * 15, ""), (line, "quiet")] for line in wrap(text, width - 15, rows)]
        return []


def _square(size: int) -> str:
    return f"{size} x {size}"


class StartScreen(LdScreen):
    """Tells the app what to begin."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "resize(-1)", "smaller", show=False, key_display="← →",
                id="start.smaller", tooltip="Smaller, larger board"),
        Binding("right", "resize(1)", "larger", show=False, id="start.larger"),
        Binding("p", "opponent", "opponent", show=False, id="start.opponent",
                tooltip="Change the opponent"),
        Binding("m", "map(1)", "map", show=False, id="start.map", tooltip="Change the map"),
        Binding("l", "level(1)", "level", show=False, id="start.level",
                tooltip="Change LD's strength"),
        Binding("L", "level(-1)", "level before", show=False, id="start.level_before"),
        Binding("c", "clock", "clock", show=False, id="start.clock", tooltip="Change the clock"),
        Binding("W", "series", "series", id="start.series", tooltip="Watch several games"),
        Binding("x", "either", "random side", id="start.either", tooltip="Play a side at random"),
        Binding("f2", "app.settings", "settings", show=False, id="start.settings",
                tooltip="Settings, keys, models"),
        Binding("M", "map(-1)", "map before", show=False, id="start.map_before"),
    ]  # fmt: skip
    about = (RULES,)

    def __init__(self, wanted: Wanted, letters: bool) -> None:
        super().__init__()
        self._choices = Choices(wanted)
        self._ground = Vertical(id="ground")
        self._board = Board(self._preview())
        self._board.letters = letters
        self._rules = HowToPlay()
        """Beside the board, where there is no room under it."""
        self._banner = Banner()
        self._banner.letters = letters
        self._resume = "looking…"
        self._can_resume = False
        self._is_new = False
        self._menu = Menu(self._items())
        self._menu.point(wanted.mode)

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="start"):
            with self._ground:
                yield self._board
                yield HowToPlay()
            with Vertical(id="choose"):
                yield self._banner
                yield self._menu
                yield self._choices
                yield self._rules
        yield KeyBar()

    def on_mount(self) -> None:
        self._offered = self._ld.offering
        self._menu.focus()
        self._ld.list_saves()

    def on_resize(self, event: events.Resize) -> None:
        self._fit()

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        match message.name:
            case "blue" | "orange" | "watch" as mode:
                self._begin(mode)
            case "resume":
                self._ld.choose_save()
            case name:
                next(entry for entry in ENTRIES if entry.name == name).open(self._ld)

    def show_saves(self, message: SavesListed) -> None:
        """Tell how many games can be gone on with, and which is the newest."""
        found, broken = message.unfinished, len(message.broken)
        self._can_resume = bool(found or broken)
        if not found:
            self._resume = "no unfinished game"
        else:
            newest = found[0]
            kinds = [NAMES.get(kind, kind) for kind in (newest.blue, newest.orange)]
            if kinds[0] == kinds[1] == NAMES["human"]:
                kinds = ["a person", PERSON]
            more = f", and {len(found) - 1} more" if len(found) > 1 else ""
            step = (newest.plies + 2) // 2
            self._resume = plain(f"{kinds[0]} against {kinds[1]}, step {step}{more}")
        if broken:
            files = "1 file" if broken == 1 else f"{broken} files"
            self._resume += f"; {files} can't be read"
        self._menu.show(self._items())

    def more_keys(self) -> list[Binding]:
        """Return the letters of the menu."""
        # The settings have a key of their own, which works everywhere.
        left_out = ("quit", "settings")
        items = [item for item in self._items() if item.is_enabled and item.name not in left_out]
        return [Binding(item.key, item.name, tooltip=item.label) for item in items]

    def settings_changed(self) -> None:
        """Draw as the settings have it now, and offer what they say."""
        if self._ld.offering != self._offered:
            self._offered = self._ld.offering
            self._choices.take(Wanted("start", *self._offered))
        self._board.letters = self._banner.letters = self._ld.setup.ascii_only
        self._banner.refresh()
        self._menu.show(self._items())
        self._fit()
        self._show_board()

    def action_level(self, by: int) -> None:
        self._choices.next_level(by)
        self._choices.refresh()

    def choose_level(self, name: str) -> None:
        """Choose a level by its name."""
        self._choices.level = name
        self._choices.refresh()

    def action_clock(self) -> None:
        self._choices.next_clock()
        self._choices.refresh()

    def action_either(self) -> None:
        """Begin a game on a side at random."""
        self._begin(random.choice(("blue", "orange")))

    def action_series(self) -> None:
        """Put a series of games together, to watch it."""
        self._ld.ask_series(self.wanted("watch"))

    def wanted(self, mode: Mode) -> Wanted:
        """Return the game that is chosen."""
        choices, chosen = self._choices, self._choices.map_chosen
        map_name = chosen.name if chosen is not None else None
        size, opponent = choices.size_chosen, choices.opponent
        return Wanted(mode, size, map_name, opponent, choices.ld, choices.clock)

    def _begin(self, mode: Mode) -> None:
        self._ld.begin(self.wanted(mode))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide keys that do nothing now."""
        return self._choices.opponent == "ld" if action == "level" else True

    def offer_tutorial(self) -> None:
        """Point at the guide to the first game, for somebody who has never been here."""
        self._is_new = True
        self._menu.show(self._items())
        self._menu.point("tutorial")

    def action_resize(self, by: int) -> None:
        size = min(MAX_SIZE, max(MIN_SIZE, self._choices.size_chosen + by))
        self._choices.size_chosen = size
        self._fit()
        self._show_board()

    def action_map(self, by: int) -> None:
        self._choices.next_map(by)
        self._show_board()

    def choose_map(self, name: str | None) -> None:
        """Choose a map by its name; None: the open board."""
        self._choices.map_wanted = name
        self._show_board()

    def action_replay(self) -> None:
        self._ld.show_games()

    def action_opponent(self) -> None:
        at = OPPONENTS.index(self._choices.opponent)
        self._choices.opponent = OPPONENTS[(at + 1) % len(OPPONENTS)]
        self._choices.refresh()
        self._menu.show(self._items())
        self.refresh_bindings()

    @property
    def _ld(self) -> "LdTuiApp":
        return cast("LdTuiApp", self.app)

    def _fit(self) -> None:
        """Give the preview the largest cells that leave the menu its room."""
        size, width, height = self._choices.size_chosen, self.size.width, self.size.height
        fitting = [
            scale
            for scale in (1, 2, 3)
            if 4 + size * 2 * scale + 50 <= width and 1 + size * scale + 3 <= height
        ]
        self._board.scale = max(fitting, default=1)
        under = max(24, 4 + size * 2 * self._board.scale)
        self._ground.styles.width = under
        self._rules.display = len(wrap(RULES, under, 40)) > height - size * self._board.scale - 4

    def _items(self) -> list[Item]:
        opponent = self._choices.opponent
        rival = NAMES["ld" if opponent == "human" else opponent]
        return [
            Item("blue", "Play blue", "hunt with three dots", "b"),
            Item("orange", "Play orange", "escape from three", "o"),
            Item("watch", "Watch", f"{rival} against {rival}", "w"),
            Item("resume", "Resume", self._resume, "r", self._can_resume),
            *(Item(each.name, each.label, self._detail(each), each.key) for each in ENTRIES),
        ]

    def _detail(self, entry: Entry) -> str:
        is_offered = self._is_new and entry.name == "tutorial"
        return "new here? Enter: two minutes" if is_offered else entry.detail

    def _show_board(self) -> None:
        self._choices.refresh()
        self._board.show(self._preview())

    def _preview(self) -> Picture:
        size, chosen = self._choices.size_chosen, self._choices.map_chosen
        if chosen is not None:
            return plain_picture(chosen.starts(1, size)[0])
        return plain_picture(starts(1, size, Rules(size=size))[0])
