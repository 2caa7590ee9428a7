"""Which keys there are, by the id of what they do, and what is wrong with a keymap.

A keymap gives bindings other keys. Whatever it says, ctrl+q and F10 quit and the palette has Quit:
those have no id, so that nothing can be given in their place.
"""

import difflib
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, _character_to_key
from textual.screen import Screen

_PACKAGES = ("ld_tui.tui.screens", "ld_tui.tui.widgets")
_APP = ("ld_tui.tui.app", "ld_tui.tui.settled")


_WAYS = ("up", "down", "left", "right")


@dataclass(frozen=True, slots=True)
class Bound:
    """What has an id, and keys of its own."""

    id: str
    about: str
    """In a few words, for people."""
    places: tuple[str, ...]
    """Screens whose keys it is among; empty for the app's, which hold everywhere."""
    keys: tuple[str, ...]
    """By Textual's long names."""


@cache
def bound() -> Mapping[str, Bound]:
    """Return everything that has an id, by it. Imports every screen, so not on the event loop."""
    found: dict[str, Bound] = {}
    kinds = list(_classes())
    for kind in kinds:
        places = () if kind.__module__ in _APP else _places(kind, kinds)
        for each in Binding.make_bindings(kind.__dict__.get("BINDINGS", ())):
            if each.id:
                old = found.get(each.id, Bound(each.id, "", (), ()))
                found[each.id] = Bound(
                    each.id,
                    old.about or each.tooltip or _in_words(each),
                    tuple(dict.fromkeys((*old.places, *places))),
                    tuple(dict.fromkeys((*old.keys, each.key))),
                )
    return found


def _in_words(each: Binding) -> str:
    """Return what a binding without a tip does, such as `Cursor down`."""
    first, _, last = str(each.id).rpartition(".")
    name = each.description or last
    way = f" {last}" if first and last in _WAYS and last not in name else ""
    return f"{name}{way}".capitalize()


def problems_of(keymap: Mapping[str, str]) -> list[str]:
    """Return what is wrong with a keymap, a line each, with the mend."""
    known, found = bound(), []
    for name, keys in sorted(keymap.items()):
        if name not in known:
            close = difflib.get_close_matches(name, known, 1, 0.6)
            meant = f"the nearest is {close[0]}" if close else "the settings screen lists all"
            found.append(f"{name}: nothing has this id; {meant}")
            continue
        for key in long_names(keys):
            if not is_key(key):
                found.append(f"{name}: {key} is no key; write one as i, f3 or ctrl+t")
            for other in rivals(name, key, keymap):
                found.append(f"{name}: {key} is {other}'s key too; give one of them another")
    return found


def rivals(name: str, key: str, keymap: Mapping[str, str]) -> list[str]:
    """Return what else has a key where this would have it, under a keymap."""
    known = bound()
    here = known[name]
    return [
        other.id
        for other in known.values()
        if other.id != name
        and key in keys_of(other, keymap)
        and _meet(here, other)
        # What both have by themselves, they share on purpose.
        and not (key in here.keys and key in other.keys)
    ]


def keys_of(one: Bound, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys of something under a keymap, by their long names."""
    return long_names(keymap[one.id]) if one.id in keymap else one.keys


def long_names(keys: str) -> tuple[str, ...]:
    """Return keys as Textual calls them: ? is question_mark."""
    found = (key.strip() for key in keys.split(","))
    return tuple(_character_to_key(key) if len(key) == 1 else key for key in found)


def is_key(key: str) -> bool:
    """Tell whether there is a key of a long name."""
    *modifiers, last = key.split("+")
    if any(one not in ("ctrl", "shift", "alt", "super", "meta", "hyper") for one in modifiers):
        return False
    return len(last) == 1 or last in _names()


@cache
def _names() -> frozenset[str]:
    characters = {_character_to_key(chr(code)) for code in range(32, 127)}
    return frozenset({key.value for key in Keys} | characters)


def _meet(one: Bound, other: Bound) -> bool:
    """Tell whether both may be had at the same time; what the app binds holds everywhere."""
    return not one.places or not other.places or bool({*one.places} & {*other.places})


def _places(kind: type, kinds: Iterable[type]) -> tuple[str, ...]:
    """Return the screens that a class may be on: itself, and those whose modules name it."""
    on = [
        other.__name__
        for other in kinds
        if issubclass(other, Screen) and kind in vars(sys.modules[other.__module__]).values()
    ]
    return (kind.__name__, *on)


def _classes() -> Iterable[type]:
    """Return every class of the screens that may have bindings, in a fixed order."""
    names = list(_APP)
    for package in _PACKAGES:
        folder = importlib.import_module(package).__path__
        names += [f"{package}.{one.name}" for one in pkgutil.iter_modules(folder)]
    for name in names:
        module = importlib.import_module(name)
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == name and issubclass(kind, DOMNode):
                yield kind
