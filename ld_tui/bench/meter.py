"""How many tokens a language model reads and writes, counted once the clock has stopped."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ld_tui.llm.completer import Completer
from ld_tui.llm.selector import Selector


class _Counts(Protocol):
    def prompt_tokens(self, prompt: str) -> int: ...


@dataclass(slots=True)
class Meter:
    """What models were asked and answered since it was last read."""

    _prompts: list[tuple[_Counts, str]] = field(default_factory=list)
    _answers: list[tuple[_Counts, str]] = field(default_factory=list)

    def note(self, model: _Counts, prompt: str, answer: str | None = None) -> None:
        """Remember a prompt, and what was written after it."""
        self._prompts.append((model, prompt))
        if answer:
            self._answers.append((model, answer.replace("\0", " ")))

    def take(self) -> int:
        """Return the tokens of all that was noted, and forget it."""
        count = sum(model.prompt_tokens(prompt) for model, prompt in self._prompts)
        # A prompt's count holds the token that begins it; an answer has none.
        count += sum(model.prompt_tokens(answer) - 1 for model, answer in self._answers)
        self._prompts.clear()
        self._answers.clear()
        return count


@dataclass(frozen=True, slots=True)
class MeteredSelector:
    """A selector whose prompts are noted; one token a choice is read, none is written."""

    selector: Selector
    meter: Meter

    @property
    def name(self) -> str:
        return self.selector.name

    @property
    def context_length(self) -> int:
        return self.selector.context_length

    def prompt_tokens(self, prompt: str) -> int:
        return self.selector.prompt_tokens(prompt)

    def probabilities(self, prompt: str, labels: Sequence[str]) -> tuple[float, ...]:
        self.meter.note(self.selector, prompt)
        return self.selector.probabilities(prompt, labels)


@dataclass(frozen=True, slots=True)
class MeteredCompleter:
    """A completer whose prompts and answers are noted."""

    completer: Completer
    meter: Meter

    @property
    def name(self) -> str:
        return self.completer.name

    @property
    def context_length(self) -> int:
        return self.completer.context_length

    def prompt_tokens(self, prompt: str) -> int:
        return self.completer.prompt_tokens(prompt)

    def complete(
        self, prompt: str, max_tokens: int, stop: Sequence[str] = (), seed: str | None = None
    ) -> str:
        answer = self.completer.complete(prompt, max_tokens, stop, seed)
        self.meter.note(self.completer, prompt, answer)
        return answer
