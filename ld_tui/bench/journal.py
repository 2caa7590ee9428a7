"""The file of finished games, one JSON object a line: a benchmark cut off anywhere goes on there.

The first line says what was measured: the version of this format, the seed, K, and hashes of the
starts and of the agent's parts. Games of other parts are never taken for games of these.
"""

import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from ld_tui import paths
from ld_tui.arena.resources import Sources
from ld_tui.bench.games import Pairing, Played, played_from_dict, played_to_dict
from ld_tui.errors import LdTuiError, SaveError, why
from ld_tui.functionbase.store import FunctionBase

FORMAT = 3
_HASH_LENGTH = 16
_Key = TypeVar("_Key", bound=Hashable)
_Game = TypeVar("_Game")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a benchmark's numbers depend on, but for which games were played."""

    suite: str
    seed: int
    k: int
    starts: str
    """Hash of the file of starts; so are the next three of what they name."""
    functionbase: str
    model: str
    embedder: str
    kd: str
    format: int = FORMAT


def measured(
    suite: str, seed: int, k: int, starts: Path, base: FunctionBase, sources: Sources
) -> Measured:
    """Return what is about to be measured. Raises SaveError where a part can't be read."""
    texts = sorted(
        f"{manual.side}/{manual.stage}/{manual.name}\n{manual.text}\n{manual.source}"
        for manual in base.manuals
    )
    stages = "\n".join(f"{each.side} {each.name} {each.question}" for each in base.stages)
    embedder = Path(sources.embedder) if sources.embedder else paths.SHIPPED_EMBEDDER
    return Measured(
        suite,
        seed,
        k,
        _hash(_content(starts)),
        _hash("\0".join([stages, *texts]).encode()),
        _hash(_named(sources.model or paths.SHIPPED_SELECTOR)),
        _hash(_content(embedder) if embedder.exists() else str(embedder).encode()),
        _hash(_content(paths.SHIPPED_KD)),
    )


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_HASH_LENGTH]


def _named(model: Path | str) -> bytes:
    """Return a file's bytes; of a server nothing but its URL is known."""
    return _content(model) if isinstance(model, Path) else model.encode()


def _content(path: Path) -> bytes:
    """Return a file's bytes, or those of all files under a folder with their names."""
    try:
        if path.is_file():
            return path.read_bytes()
        files = sorted(each for each in path.rglob("*") if each.is_file())
        parts = [str(each.relative_to(path)).encode() + each.read_bytes() for each in files]
        return b"\0".join(parts)
    except OSError as error:
        raise SaveError(f"{path}: can't be read: {why(error)}") from error


class GamesFile(Generic[_Key, _Game]):
    """Finished games of any suite in a file; without one, in memory only."""

    def __init__(
        self,
        path: Path | None,
        what: Measured,
        key: Callable[[_Game], _Key],
        write: Callable[[_Game], Mapping[str, Any]],
        read: Callable[[Any], _Game],
    ) -> None:
        """Open or begin a file, or, where `path` is a folder, the file of `what` in it.

        Raises SaveError where the file is none, is of something else, or can't be written.
        """
        self.path = _file_of(path, what)
        self._key, self._write, self._read = key, write, read
        self._found: dict[_Key, _Game] = {}
        path = self.path
        if path is None:
            return
        head = json.dumps(asdict(what))
        try:
            lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            if lines:
                _check(path, lines[0], what)
            for number, line in enumerate(lines[1:], 2):
                self._take(path, number, line, last=number == len(lines))
            # Written whole, so that a line which a sudden end cut off is gone.
            kept = [json.dumps(write(each)) for each in self._found.values()]
            paths.atomic_write(path, "\n".join([head, *kept]) + "\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SaveError(f"{path}: can't be used: {why(error)}") from error

    @property
    def found(self) -> list[_Game]:
        """All finished games."""
        return list(self._found.values())

    def find(self, key: _Key) -> _Game | None:
        """Return a finished game, None where it has yet to be played."""
        return self._found.get(key)

    def add(self, game: _Game) -> None:
        """Keep a finished game, at once. Raises SaveError where the disk refuses."""
        self._found[self._key(game)] = game
        if self.path is not None:
            line = json.dumps(self._write(game)) + "\n"
            try:
                # In one piece: whatever ends the process, a line is there or it isn't.
                with self.path.open("ab", buffering=0) as file:
                    file.write(line.encode())
            except OSError as error:
                raise SaveError(f"{self.path}: can't be written: {why(error)}") from error

    def _take(self, path: Path, number: int, line: str, last: bool) -> None:
        """Read a game, but for a last line that a sudden end cut off."""
        try:
            game = self._read(json.loads(line))
        except (ValueError, KeyError, TypeError, LdTuiError) as error:
            if not last:
                raise SaveError(f"{path}, line {number}: not a finished game: {error!r}") from error
        else:
            self._found[self._key(game)] = game


class Journal(GamesFile[tuple[Pairing, int], Played]):
    """The finished games of the paper's suite."""

    def __init__(self, path: Path | None, what: Measured) -> None:
        """Open or begin a journal; as `GamesFile`."""
        super().__init__(path, what, _place_of, played_to_dict, played_from_dict)

    def get(self, pairing: Pairing, index: int) -> Played | None:
        """Return a finished game, None where it has yet to be played."""
        return self.find((pairing, index))

    def all_of(self, pairings: Iterable[Pairing], games: int) -> list[Played]:
        """Return the finished games among the first `games` starts of pairings, in their order."""
        return [
            self._found[pairing, at]
            for pairing in pairings
            for at in range(games)
            if (pairing, at) in self._found
        ]


def _place_of(played: Played) -> tuple[Pairing, int]:
    return played.pairing, played.index


def _file_of(path: Path | None, what: Measured) -> Path | None:
    """Return the file to use: in a folder, the one named after what is measured."""
    if path is None or not path.is_dir():
        return path
    digest = _hash(json.dumps(asdict(what)).encode())
    return path / f"{what.suite}-seed{what.seed}-{digest}.jsonl"


def _check(path: Path, line: str, what: Measured) -> None:
    """Raise SaveError where a file's first line isn't that of this very benchmark."""
    try:
        head: Any = json.loads(line)
    except ValueError:
        head = None
    if not isinstance(head, dict) or "format" not in head:
        raise SaveError(f"{path}: no file of finished games; choose another for --resume")
    wanted = asdict(what)
    other = [key for key in wanted if head.get(key) != wanted[key]]
    if other:
        raise SaveError(
            f"{path}: games of another benchmark ({', '.join(other)} differ); choose another file"
        )
