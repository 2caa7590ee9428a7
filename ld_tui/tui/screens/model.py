"""Choosing the S-LLM: a file or a server, tried on one position before it is used."""

import time
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from ld_tui.config.schema import BY_NAME
from ld_tui.tui.messages import TrialSaid
from ld_tui.tui.screens.base import LdModal
from ld_tui.tui.screens.choice import Title
from ld_tui.tui.text import Line, bar, cut, fit, plain, wrap
from ld_tui.tui.trial import Examiner, Trial, position_of
from ld_tui.tui.widgets.keybar import KeyBar
from ld_tui.tui.widgets.painter import Painter

if TYPE_CHECKING:
    from ld_tui.tui.app import LdTuiApp

_SHOWN = 3
"""Candidates of a stage that are shown."""


class Label(Painter):
    """What an input is for."""

    DEFAULT_CSS = "Label { width: 10; height: 1; }"

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def lines(self, width: int, height: int) -> list[Line]:
        return [[(self._text, "quiet")]]


class Report(Painter):
    """How a trial goes."""

    DEFAULT_CSS = "Report { height: 11; margin: 1 0; }"
    letters = False

    def __init__(self) -> None:
        super().__init__()
        self._trial: Trial | None = None
        self._line = ("Enter tries it on one position; F6 does, and then uses it.", "quiet")
        self._began: float | None = None

    def say(self, text: str, style: str = "bad") -> None:
        """Show one line alone."""
        self._trial, self._began, self._line = None, None, (text, style)
        self.refresh()

    def show(self, trial: Trial) -> None:
        self._began = self._began or time.monotonic()
        self._trial = trial
        self.refresh()

    def tick(self) -> None:
        """Count the seconds."""
        if self._trial is not None and not self._trial.is_done:
            self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        trial = self._trial
        if trial is None:
            return [[(line, self._line[1])] for line in wrap(self._line[0], width, height)]
        lines: list[Line] = []
        if trial.selector:
            took = f" was ready in {trial.load_seconds:.1f} s"
            lines.append([(cut(trial.selector, width - len(took)), "strong"), (took, "")])
        for stage in trial.stages:
            lines.append([(cut(plain(stage.question), width), "title")])
            ranked = sorted(
                zip(stage.probabilities, stage.names, strict=False), key=lambda pair: -pair[0]
            )
            for share, name in ranked[:_SHOWN]:
                mark = (">" if self.letters else "▸") if name == stage.chosen else " "
                drawn = "#" * round(share * 20) if self.letters else bar(share, 20)
                lines.append(
                    [
                        (f"  {mark} ", "key"),
                        (fit(name, 26), "strong" if name == stage.chosen else ""),
                        (f"{share:5.0%} ", ""),
                        (drawn, "good"),
                    ]
                )
        if trial.problem:
            lines += [[(line, "bad")] for line in wrap(trial.problem, width, 3)]
            lines.append([("It is not used; F6 uses it all the same.", "warn")])
        elif trial.move:
            lines.append([(f"It moves {trial.move}, in {trial.ms:.0f} ms.", "good")])
        else:
            what = "deciding" if trial.selector else "loading"
            seconds = time.monotonic() - (self._began or time.monotonic())
            lines.append([(f"{what}… {seconds:.0f} s", "quiet")])
        return lines


class ModelScreen(LdModal[None]):
    """Tries models, and has the engine use one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "try", "try it", key_display="F5", priority=True, id="model.try",
                tooltip="Decide one position with it"),
        Binding("f6", "use", "use it", key_display="F6", priority=True, id="model.use",
                tooltip="Try it; use it from now on"),
        Binding("f7", "shipped", "the shipped one", key_display="F7", priority=True,
                id="model.shipped", tooltip="Use the shipped model"),
        Binding("escape", "leave", "back", key_display="esc", id="model.leave",
                tooltip="Back to the settings"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._report = Report()
        self._examiner: Examiner | None = None
        self._number = 0
        self._tried: tuple[str, str] | None = None
        """What the latest trial is of."""
        self._trial: Trial | None = None
        """How far it is."""
        self._is_wanted = False
        """Whether it is to be used once it has moved."""

    def compose(self) -> ComposeResult:
        config = self._ld.config
        self._report.letters = self._ld.setup.ascii_only
        self._model = Input(config.model, placeholder="the shipped one", compact=True)
        self._called = Input(config.model_name, placeholder="its only one", compact=True)
        for one in (self._model, self._called):
            one.cursor_blink = False
        with Vertical(classes="dialog"):
            yield Title("The S-LLM: a GGUF file, or a server as http://HOST:PORT/v1")
            with Horizontal():
                yield Label("model")
                yield self._model
            with Horizontal():
                yield Label("name")
                yield self._called
            yield self._report
            yield KeyBar()

    def on_mount(self) -> None:
        self._model.focus()
        self.set_interval(0.5, self._report.tick)

    def on_unmount(self) -> None:
        self._stop()

    def on_input_submitted(self) -> None:
        self.action_try()

    def action_try(self) -> None:
        """Decide one position with what is named, in an engine of its own."""
        named = self._named()
        if named is None:
            return
        self._stop()
        self._number += 1
        self._tried, self._trial, self._is_wanted = named, None, False
        number, app = self._number, self._ld

        def said(trial: Trial) -> None:
            if app.is_running:
                self.post_message(TrialSaid(number, trial))

        position = self._position()
        self._report.say("")
        self._report.show(Trial(position))
        self._examiner = Examiner(app.command_with(*named), position, app.config.k, said)
        self._examiner.start()

    def action_use(self) -> None:
        """Have the engine use what is named, from now on, once it has decided a position.

        What was tried and failed is used when asked again: a server may be there tomorrow.
        """
        named = self._named()
        if named is None:
            return
        if not any(named) or (self._tried == named and self._trial and self._trial.is_done):
            self._use(named)
            return
        if self._tried != named:
            self.action_try()
        self._is_wanted = True

    def _use(self, named: tuple[str, str]) -> None:
        self._stop()
        self._ld.use_model(*named)
        self.dismiss(None)

    def action_shipped(self) -> None:
        self._stop()
        self._ld.use_model("", "")
        self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_trial_said(self, message: TrialSaid) -> None:
        if message.number != self._number:
            return
        self._trial = message.trial
        self._report.show(message.trial)
        if self._is_wanted and message.trial.is_done:
            self._is_wanted = False
            if self._tried is not None and not message.trial.problem:
                self._use(self._tried)

    @property
    def _ld(self) -> "LdTuiApp":
        return cast("LdTuiApp", self.app)

    def _named(self) -> tuple[str, str] | None:
        """Return what is typed; where that can be no model, say so and return None."""
        try:
            model = BY_NAME["model"].parse(self._model.value.strip())
            return model, BY_NAME["model_name"].parse(self._called.value.strip())
        except ValueError as error:
            self._report.say(str(error))
            return None

    def _position(self) -> str:
        """Return the position to try on: that of the game, while one goes on."""
        from ld_tui.tui.screens.play import PlayScreen

        screens = self.app.screen_stack
        games = [one.conductor.game for one in screens if isinstance(one, PlayScreen)]
        return position_of(games[-1] if games else None)

    def _stop(self) -> None:
        if self._examiner is not None:
            self._examiner.close()
            self._examiner = None
