"""The start screen: which side, what board, against whom, or which game to go on with."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from ld_tui.game.board import MAX_SIZE, MIN_SIZE
from ld_tui.game.rules import Rules, Side
from ld_tui.game.starts import starts
from ld_tui.tui.messages import SavesListed
from ld_tui.tui.picture import Picture
from ld_tui.tui.screens.base import LdScreen
from ld_tui.tui.settings import ABOUT, NAMES, OPPONENTS
from ld_tui.tui.text import Line, cut, plain, wrap
from ld_tui.tui.widgets.board import Board
from ld_tui.tui.widgets.keybar import KeyBar
from ld_tui.tui.widgets.menu import Item, Menu
from ld_tui.tui.widgets.painter import Painter
from ld_tui.tui.widgets.status import side_glyph

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp

RULES = (
    "Three blue dots hunt one orange dot. Each turn every blue dot goes two cells, then orange "
    "goes one. Blue wins when all three stand on orange's cell or right beside it; orange wins "
    "by lasting 100 steps."
)


class Banner(Painter):
    """The name, and the game in three lines."""

    DEFAULT_CSS = """
    Banner { height: 8; }
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
        return [
            title,
            [(about, "title")],
            [],
            *([(line, "quiet")] for line in wrap(RULES, width, 4)),
        ]


class Choices(Painter):
    """The board's size and the opponent."""

    DEFAULT_CSS = """
    Choices { height: 4; margin: 1 0 0 0; }
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size_chosen = size
        self.opponent = "ld"

    def lines(self, width: int, height: int) -> list[Line]:
        size = f"{self.size_chosen} x {self.size_chosen}"
        about = f"{NAMES[self.opponent]}: {ABOUT[self.opponent]}"
        return [
            [("← →  ", "key"), ("board     ", "quiet"), (size, "strong")],
            [("p    ", "key"), ("opponent  ", "quiet"), (cut(about, width - 15), "strong")],
        ]

    def on_click(self, event: events.Click) -> None:
        screen = cast(StartScreen, self.screen)
        if event.y == 0:
            screen.action_resize(1 if event.x > 14 else -1)
        elif event.y == 1:
            screen.action_opponent()


class StartScreen(LdScreen):
    """Tells the app what to begin."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "resize(-1)", "smaller", show=False, id="start.smaller"),
        Binding("right", "resize(1)", "larger", show=False, id="start.larger"),
        Binding("p", "opponent", "opponent", id="start.opponent", tooltip="Change the opponent"),
    ]

    def __init__(self, size: int, letters: bool) -> None:
        super().__init__()
        self._choices = Choices(size)
        self._board = Board(self._preview(size))
        self._board.letters = letters
        self._banner = Banner()
        self._banner.letters = letters
        self._resume = "looking…"
        self._can_resume = False
        self._menu = Menu(self._items())

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="start"):
            yield self._board
            with Vertical(id="choose"):
                yield self._banner
                yield self._menu
                yield self._choices
        yield KeyBar()

    def on_mount(self) -> None:
        self._menu.focus()
        self._ld.list_saves()

    def on_resize(self, event: events.Resize) -> None:
        self._fit()

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        match message.name:
            case "blue" | "orange" | "watch" as mode:
                self._ld.begin(mode, self._choices.size_chosen, self._choices.opponent)
            case "resume":
                self._ld.choose_save()
            case "quit":
                self.app.simulate_key("q")

    def show_saves(self, message: SavesListed) -> None:
        """Tell how many games can be gone on with, and which is the newest."""
        found, broken = message.unfinished, len(message.broken)
        self._can_resume = bool(found or broken)
        if not found:
            self._resume = "no unfinished game"
        else:
            newest = found[0]
            kinds = [NAMES.get(kind, kind) for kind in (newest.blue, newest.orange)]
            more = f", and {len(found) - 1} more" if len(found) > 1 else ""
            step = (newest.plies + 2) // 2
            self._resume = plain(f"{kinds[0]} against {kinds[1]}, step {step}{more}")
        if broken:
            files = "1 file" if broken == 1 else f"{broken} files"
            self._resume += f"; {files} can't be read"
        self._menu.show(self._items())

    def action_resize(self, by: int) -> None:
        size = min(MAX_SIZE, max(MIN_SIZE, self._choices.size_chosen + by))
        self._choices.size_chosen = size
        self._choices.refresh()
        self._fit()
        self._board.show(self._preview(size))

    def action_opponent(self) -> None:
        at = OPPONENTS.index(self._choices.opponent)
        self._choices.opponent = OPPONENTS[(at + 1) % len(OPPONENTS)]
        self._choices.refresh()
        self._menu.show(self._items())

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

    def _items(self) -> list[Item]:
        rival = NAMES[self._choices.opponent]
        return [
            Item("blue", "Play blue", "hunt with three dots", "b"),
            Item("orange", "Play orange", "escape from three", "o"),
            Item("watch", "Watch", f"{rival} against {rival}", "w"),
            Item("resume", "Resume", self._resume, "r", self._can_resume),
            Item("quit", "Quit", "", "q"),
        ]

    def _preview(self, size: int) -> Picture:
        position = starts(1, size, Rules(size=size))[0]
        return Picture(size=size, blue=position.blue, orange=position.orange)
