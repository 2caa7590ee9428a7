"""The benchmark screen: the `bench` command chosen, run, watched, stopped and gone on with."""

import importlib.util
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget

from ld_tui.arena.roster import ALONE, FUNCTIONS
from ld_tui.game.emergencies import KINDS
from ld_tui.tui.bench.desk import Desk
from ld_tui.tui.bench.plan import Field, changed, fields_of, with_text
from ld_tui.tui.screens.ask import AskScreen, MarkScreen
from ld_tui.tui.screens.base import LdScreen
from ld_tui.tui.screens.choice import ChoiceScreen
from ld_tui.tui.widgets.benchmark import BenchBar, BenchChart, BenchForm, BenchPace, BenchSheets
from ld_tui.tui.widgets.keybar import KeyBar
from ld_tui.tui.widgets.menu import Item

if TYPE_CHECKING:
    from ld_tui.tui.widgets.plotext_chart import PlotextChart

ROOMY = 32
"""Rows from which tables and a chart stand below each other."""
_STYLES = {
    "running": "good",
    "stopping": "warn",
    "stopped": "warn",
    "done": "good",
    "failed": "bad",
}


def _key(keys: str, action: str, text: str, tip: str, display: str = "") -> Binding:
    name = f"bench.{action}"
    return Binding(keys, action, text, key_display=display or None, id=name, tooltip=tip)


class BenchScreen(LdScreen):
    """Shows a `Desk`, which goes on without it."""

    CSS = """
    BenchScreen.-setup BenchPace { height: 1fr; }
    #bench-table { height: 2fr; margin: 1 0 0 0; }
    #bench-chart { height: 1fr; margin: 1 0 0 0; }
    BenchScreen.-setup #bench-table, BenchScreen.-setup #bench-chart { display: none; }
    BenchScreen.-results BenchForm { display: none; }
    BenchScreen.-table #bench-chart { display: none; }
    BenchScreen.-chart #bench-table { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("s", "start", "start", "Start, or go on"),
        _key("x", "stop", "stop", "Stop; games are kept"),
        _key("o", "flip", "options", "Options or results"),
        _key("p", "plot", "plot", "Tables or plot"),
        _key("n", "next", "next plot", "The next plot"),
        _key("w", "write", "write", "JSON, CSV, Markdown, plots"),
        _key("c", "copy", "copy", "Copy the command line"),
        _key("escape", "leave", "back", "Back; a run goes on", "esc"),
    ]

    about = (
        "The ld-tui bench command runs as a process of its own; what it prints is what is shown "
        "and written. Finished games are kept in a journal, so that a run goes on after any end.",
        "In brackets: 95 % bootstrap intervals. Against ld: steps more than ld took from the same "
        "start, pair by pair; where 0 is outside the brackets, the difference is no chance.",
    )

    def __init__(self, desk: Desk, letters: bool) -> None:
        super().__init__()
        self.desk = desk
        self._letters = letters
        self._is_setup = desk.phase == "idle"
        self._wants_plot = False
        self._plot = 0
        self._problem = ""
        self._bar = BenchBar()
        self._form = BenchForm(desk.plan, self._fields())
        self._pace = BenchPace()
        self._sheets = BenchSheets()
        self._table = VerticalScroll(self._sheets, id="bench-table")
        self._chart = _make_chart(letters)
        for widget in (self._form, self._pace, self._chart):
            if isinstance(widget, BenchForm | BenchPace | BenchChart):
                widget.letters = letters

    def body(self) -> Iterable[Widget]:
        yield self._bar
        yield self._form
        yield self._pace
        yield self._table
        yield Vertical(self._chart, id="bench-chart")
        yield KeyBar()

    def on_mount(self) -> None:
        self.desk.listen = self._show
        self.set_interval(0.5, self._tick)
        self._lay_out()
        self._show()

    def on_unmount(self) -> None:
        if self.desk.listen == self._show:
            self.desk.listen = None

    def on_resize(self) -> None:
        self._lay_out()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what does something now."""
        desk = self.desk
        offered = {
            "start": not desk.is_running,
            "stop": desk.is_running,
            # What is written is the run's; with other options it would look like theirs.
            "write": desk.phase == "done" and not self._is_another,
            "plot": not self._is_setup and bool(desk.charts) and self.size.height < ROOMY,
            "next": not self._is_setup and len(desk.charts) > 1 and self._shows_plot,
            "flip": desk.phase != "idle",
        }
        return offered.get(action, True)

    # What is chosen

    def on_bench_form_adjusted(self, message: BenchForm.Adjusted) -> None:
        if self._may_change():
            self.desk.plan = changed(self.desk.plan, message.field, message.by)
            self._show()

    def on_bench_form_opened(self, message: BenchForm.Opened) -> None:
        if not self._may_change():
            return
        field, value = message.field, getattr(self.desk.plan, message.field.name)
        if field.kind == "many":
            title = f"{field.label}: space marks, Esc is done; none marked: {field.empty}"
            self.app.push_screen(
                MarkScreen(title, field.options, value),
                lambda names: self._filled(field, names),
            )
            return
        title = f"{field.label}: {field.about}" + (f" Empty: {field.empty}." if field.empty else "")
        text = message.typed or ("" if value == "" else str(value))

        def wrong(typed: str) -> str:
            return with_text(self.desk.plan, field, typed)[1]

        self.app.push_screen(
            AskScreen(title, text, wrong, bool(message.typed)),
            lambda typed: self._typed(field, typed),
        )

    def _filled(self, field: Field, names: tuple[str, ...] | None) -> None:
        if names is not None:
            if field.name == "sides" and not names:
                names = field.options
            self.desk.plan = self.desk.plan.with_value(field.name, names)
        self._show()

    def _typed(self, field: Field, text: str | None) -> None:
        if text is not None:
            self.desk.plan, _ = with_text(self.desk.plan, field, text)
        self._show()

    def _may_change(self) -> bool:
        self._problem = "" if not self.desk.is_running else "a run goes on; x stops it"
        self._show()
        return not self._problem

    # Keys

    def action_start(self) -> None:
        self._problem = ""
        self._is_setup = False
        self.desk.start()
        self._lay_out()

    def action_stop(self) -> None:
        self.desk.stop()

    def action_flip(self) -> None:
        self._is_setup = not self._is_setup
        self._lay_out()
        self._show()

    def action_plot(self) -> None:
        self._wants_plot = not self._wants_plot
        self._lay_out()
        self._show()

    def action_next(self) -> None:
        self._plot += 1
        self._show()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._command)
        self.notify("the command line is copied", markup=False)

    def action_write(self) -> None:
        rows = "methods" if self.desk.ran.is_paper else "emergencies"
        items = [
            Item("json", "JSON", "every number, as --json prints them", "j"),
            Item("csv", "CSV", f"the table of {rows}", "c"),
            Item("markdown", "Markdown", "the tables, with the command", "m"),
            Item("plots", "plots", f"SVG and PNG{_drawn_by()}", "p"),
        ]
        self.app.push_screen(ChoiceScreen("Write to a file:", items), self._write)

    def action_leave(self) -> None:
        # A key pressed twice comes again after the screen has gone.
        if not self.is_active:
            return
        if self.desk.is_running:
            self.notify("the benchmark goes on; open this screen again to see it", markup=False)
        self.app.pop_screen()

    def _write(self, kind: str | None) -> None:
        if kind in ("json", "csv", "markdown", "plots"):
            self.desk.write(kind)

    # What is shown

    @property
    def _command(self) -> str:
        told = self.desk.head.get("command")
        return str(told) if told and not self._is_setup else self.desk.plan.command()

    @property
    def _is_another(self) -> bool:
        """Whether the options shown are others than those of the run."""
        return self._is_setup and self.desk.plan != self.desk.ran

    @property
    def _shows_plot(self) -> bool:
        return self._wants_plot or self.size.height >= ROOMY

    def _fields(self) -> list[Field]:
        methods = (*ALONE, FUNCTIONS)
        return fields_of(self.desk.plan, methods, ALONE, KINDS)

    def _lay_out(self) -> None:
        both = self.size.height >= ROOMY
        self.set_class(self._is_setup, "-setup")
        self.set_class(not self._is_setup, "-results")
        self.set_class(not both and not self._wants_plot, "-table")
        self.set_class(not both and self._wants_plot, "-chart")
        if self._is_setup:
            self._form.focus()
        else:
            self._table.focus()
        self.refresh_bindings()

    def _tick(self) -> None:
        if self.desk.is_running:
            self._show_pace()

    def _show(self) -> None:
        desk = self.desk
        ran = desk.plan if self._is_setup else desk.ran
        phase = "not run yet" if self._is_another else desk.phase
        self._bar.show(
            f"{ran.suite} · seed {ran.seed}".replace("·", "-" if self._letters else "·"),
            phase if phase != "idle" else "",
            _STYLES.get(phase, "quiet"),
        )
        self._form.show(desk.plan, self._fields())
        self._sheets.show(desk.sheets)
        self._chart.show(desk.charts[self._plot % len(desk.charts)] if desk.charts else None)
        self._show_pace()
        self.refresh_bindings()

    def _show_pace(self) -> None:
        desk = self.desk
        part = clock = None
        doing = ""
        if not self._is_setup:
            part = desk.done / desk.games if desk.games else 0.0
            clock = _clock(desk)
            doing = self._doing()
        count = f"{desk.done} of {desk.games} games" if desk.games else "…"
        trouble = self._problem or (desk.problem if desk.phase == "failed" else "")
        self._pace.show(part, count, clock or "", doing, trouble, self._command)

    def _doing(self) -> str:
        """Say in one line what goes on."""
        desk = self.desk
        games = "game" if desk.finished == 1 else "games"
        kept = f"{desk.finished} {games} from before" if desk.finished else ""
        match desk.phase:
            case "running" if not desk.games:
                return "loading…"
            case "running" if desk.solving is not None:
                return f"solving the board: {100 * desk.solving:.0f} %"
            case "running":
                return "  ".join(filter(None, (desk.label or "the first game…", kept)))
            case "stopping":
                return "stopping; x again kills it"
            case "stopped":
                return "stopped; finished games are kept, s goes on"
            case "done":
                return desk.written or "  ".join(
                    filter(None, ("done; w writes JSON, CSV, Markdown, plots", kept))
                )
            case _:
                return ""


def _clock(desk: Desk) -> str:
    text = _minutes(desk.elapsed)
    if desk.phase == "running" and desk.left is not None:
        text += f"  left {_minutes(desk.left)}"
    return text


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _drawn_by() -> str:
    """Return what to say of plots' library in the menu."""
    is_here = importlib.util.find_spec("matplotlib") is not None
    return " by matplotlib" if is_here else "; matplotlib is missing"


def _make_chart(letters: bool) -> "BenchChart | PlotextChart":
    """Return plotext's chart where it is installed; its frames are no plain letters."""
    if letters or importlib.util.find_spec("textual_plotext") is None:
        return BenchChart()
    from ld_tui.tui.widgets.plotext_chart import PlotextChart

    return PlotextChart()
