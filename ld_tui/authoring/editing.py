"""The `ld-tui functions` commands that change the function base."""

import sys
from dataclasses import replace
from pathlib import Path

from ld_tui import paths
from ld_tui.authoring.handoff import edit_outside
from ld_tui.authoring.review import Review, review
from ld_tui.authoring.templates import duplicate, template
from ld_tui.errors import FunctionBaseError, LdTuiError
from ld_tui.functionbase.manual import read_manual
from ld_tui.functionbase.retriever import open_retriever
from ld_tui.functionbase.shelf import ChangedError, Opened, Place, Shelf
from ld_tui.functionbase.store import load
from ld_tui.functionbase.versions import Version, diff, read_text, version
from ld_tui.sandbox.run import Sandbox


def edit_function(folder: Path | None, name: str, file: str | None, embedder: str | None) -> int:
    """Let a person edit a manual until it passes, and apply it; or apply a file's text.

    Returns 1 where the text is left as a draft. `file`: `-` for standard input.
    """
    shelf = Shelf(folder)
    opened = shelf.open(shelf.find(name).place)
    return _edit(shelf, opened, file, embedder)


def new_function(
    folder: Path | None,
    name: str,
    place: str,
    like: str | None,
    file: str | None,
    embedder: str | None,
) -> int:
    """Begin a function from a template, or from another function's text, and edit it."""
    shelf = Shelf(folder)
    if like is not None:
        old = shelf.find(like)
        if old.manual is None:
            raise FunctionBaseError(f"{like}: {old.problem or 'only a draft'}; mend it first")
        where = Place(old.place.side, old.place.stage, name)
        shelf.check_new(where)
        text = duplicate(shelf.open(old.place).text, old.manual, name)
    else:
        side, _, stage_name = place.partition("/")
        where = Place(side, stage_name, name)
        shelf.check_new(where)
        stages = shelf.base().stages_of(side)
        text = template(name, next(stage for stage in stages if stage.name == stage_name))
    shelf.save_draft(where, text, "")
    untouched = text if like is None else None
    try:
        return _edit(shelf, shelf.open(where), file, embedder, untouched)
    except LdTuiError:
        # No editor, or no such file: what nobody wrote is no draft.
        if shelf.open(where).draft == text:
            shelf.drop_draft(where)
        raise


def show_history(folder: Path | None, name: str) -> int:
    """Print a function's versions, oldest first, each with what changed in it."""
    shelf = Shelf(folder)
    every = shelf.versions(name)
    if not every:
        print(f"{shelf.find(name).place} has no versions yet: it was never changed here")
        return 0
    before = ""
    for one in every:
        print(f"{one.number:4}  {_moment(one)}  {one.note:8}  {_change(before, one.text)}")
        before = one.text
    return 0


def show_diff(folder: Path | None, name: str, number: int | None) -> int:
    """Print what changed since a version; by default since the one before the file's."""
    shelf = Shelf(folder)
    now = _now(shelf, name)
    if number is None:
        others = [one for one in shelf.versions(name) if one.text != now]
        if not others:
            print(f"{name} has no other version")
            return 0
        number = others[-1].number
    old = version(shelf.folder, name, number)
    lines = diff(old.text, now, (f"{name} version {number}", f"{name} now"))
    print("\n".join(lines) if lines else f"{name} is what version {number} was")
    return 0


def restore_function(folder: Path | None, name: str, number: int, embedder: str | None) -> int:
    """Make an old version a function's content again; a function that is gone comes back."""
    shelf = Shelf(folder)
    old = version(shelf.folder, name, number)
    manual, problems = read_manual(old.text, name)
    if manual is None:
        raise FunctionBaseError(f"version {number}: {problems[0]}")
    there = {entry.name: entry.place for entry in shelf.entries()}
    opened = shelf.open(there.get(name, Place.of(manual)))
    if opened.digest and opened.text == old.text:
        print(f"{opened.place} is that already")
        return 0
    found = _review(shelf, old.text, name)
    if not found.is_good:
        _print_problems(found)
        raise FunctionBaseError(f"version {number} no longer passes; nothing changed")
    done = shelf.accept(opened.place, old.text, opened.digest, "restored")
    return _applied(shelf, manual.name, done, embedder)


def switch_function(folder: Path | None, name: str, on: bool, embedder: str | None) -> int:
    """Take a function out of use, or into use again."""
    shelf = Shelf(folder)
    entry = shelf.find(name)
    if entry.is_disabled is not on:
        print(f"{entry.place} is {'in use' if on else 'disabled'} already")
        return 0
    (shelf.enable if on else shelf.disable)(entry.place)
    print(f"{'enabled' if on else 'disabled'}: {entry.place}")
    _reindex(shelf, embedder)
    return 0


def delete_function(folder: Path | None, name: str, embedder: str | None) -> int:
    """Take a function away; its versions stay."""
    shelf = Shelf(folder)
    shelf.delete(shelf.find(name).place)
    last = shelf.versions(name)[-1].number
    print(f"deleted: {name}; `ld-tui functions restore {name} {last}` brings it back")
    _reindex(shelf, embedder)
    return 0


def _edit(
    shelf: Shelf,
    opened: Opened,
    file: str | None,
    embedder: str | None,
    untouched: str | None = None,
) -> int:
    """Edit, check, and go on until it is applied or given up.

    `untouched`: a template, which left as it is adds nothing.
    """
    text = opened.text if opened.draft is None else opened.draft
    if opened.draft is not None and opened.digest:
        print(f"going on with the draft of {opened.place}")
    if opened.is_stale:
        print("the file changed since the draft was begun; applied, the draft takes its place")
    while True:
        before, text = text, _edited(text, opened, file)
        if text == opened.text and opened.digest:
            shelf.drop_draft(opened.place)
            print("nothing changed")
            return 0
        if text == untouched and file is None:
            shelf.drop_draft(opened.place)
            print("the template is as it was; nothing added")
            return 0
        found = _review(shelf, text, opened.place.name)
        if found.is_good and found.manual is not None:
            try:
                done = shelf.accept(opened.place, text, opened.digest)
            except ChangedError as error:
                shelf.save_draft(opened.place, text, opened.digest, before)
                print(f"{error}; what you wrote is a draft")
                now = shelf.open(opened.place)
                print("\n".join(diff(opened.text, now.text, ("as you opened it", "now"))))
                if file is not None or not _agrees("apply yours over it? theirs stays a version"):
                    return 1
                opened = replace(opened, text=now.text, digest=now.digest)
                done = shelf.accept(opened.place, text, opened.digest)
            _print_unknown(found)
            return _applied(shelf, found.manual.name, done, embedder)
        shelf.save_draft(opened.place, text, opened.digest, before)
        _print_problems(found)
        if file is not None or not _agrees("edit again?"):
            print(f"kept as a draft: ld-tui functions edit {opened.place.name}")
            return 1


def _edited(text: str, opened: Opened, file: str | None) -> str:
    if file is None:
        return edit_outside(text, opened.place.name)
    if file == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    return read_text(Path(file))


def _review(shelf: Shelf, text: str, name: str) -> Review:
    with Sandbox() as sandbox:
        return review(text, shelf.base(), sandbox, name)


def _print_problems(found: Review) -> None:
    for finding in found.problems:
        print(finding, file=sys.stderr)


def _print_unknown(found: Review) -> None:
    if found.unknown:
        print(f"words that the shipped S-LLM was not taught: {', '.join(found.unknown)}")


def _agrees(question: str) -> bool:
    """Ask a person; where nobody can answer, the answer is no."""
    if not sys.stdin.isatty():
        return False
    try:
        return input(f"{question} [Y/n] ").strip().lower() in ("", "y", "yes")
    except EOFError:
        return False


def _applied(shelf: Shelf, name: str, done: Version, embedder: str | None) -> int:
    entry = shelf.find(name)
    state = " (disabled)" if entry.is_disabled else ""
    print(f"applied: {entry.place}{state}, version {done.number}")
    _reindex(shelf, embedder)
    return 0


def _reindex(shelf: Shelf, embedder: str | None) -> None:
    """Embed what changed and swap the index; what is wrong with that undoes nothing."""
    try:
        base = load(shelf.folder)
        open_retriever(base, embedder or paths.SHIPPED_EMBEDDER, paths.cache_dir())
    except LdTuiError as error:
        print(f"not indexed: {error}", file=sys.stderr)


def _now(shelf: Shelf, name: str) -> str:
    entry = next((entry for entry in shelf.entries() if entry.name == name), None)
    if entry is None and not shelf.versions(name):
        shelf.find(name)
    return shelf.open(entry.place).text if entry is not None else ""


def _moment(one: Version) -> str:
    return one.time.astimezone().strftime("%Y-%m-%d %H:%M")


def _change(before: str, after: str) -> str:
    if not before:
        return f"{len(after.splitlines())} lines"
    lines = diff(before, after, ("", ""))[2:]
    added = sum(line.startswith("+") for line in lines)
    return f"+{added} -{sum(line.startswith('-') for line in lines)}"
