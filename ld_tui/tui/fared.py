"""What the functions' screen tells of what is open, in words."""

from collections.abc import Collection

from ld_tui.functionbase.shelf import Entry
from ld_tui.functionbase.versions import Version
from ld_tui.tui.sheet import Sheet, Stock
from ld_tui.tui.widgets.headline import HeadView

_NOTES = {
    "found": "as it was found",
    "edited": "applied",
    "restored": "applied, from an older version",
    "new": "applied, new",
    "draft": "a draft, not applied",
}


def head_view(stock: Stock, sheet: Sheet | None) -> HeadView:
    """Return what the line on top tells."""
    drafts = sum(entry.has_draft for entry in stock.entries)
    right = f"{len(stock.entries)} functions" + (
        f", {drafts} draft{'s' * (drafts > 1)}" if drafts else ""
    )
    if sheet is None:
        return HeadView("", "", right)
    states = ["disabled"] * sheet.opened.is_disabled
    states += ["not applied" if sheet.opened.digest else "new draft"] * sheet.is_changed
    return HeadView(str(sheet.place), ", ".join(states), right)


def about(stock: Stock, entry: Entry | None) -> str:
    """Say how a function fared, and where it comes from."""
    if entry is None or entry.manual is None:
        return entry.problem if entry is not None else ""
    made = entry.manual.provenance
    use = stock.uses.get(entry.name)
    told = ""
    if use is not None:
        told = f"retrieved {use['retrieved']}, chosen {use['chosen']}"
        if use["regret"] is not None:
            told += f", lost {use['regret']:.2f} a turn"
        told += "; "
    return f"{told}{entry.manual.origin}, by {made.author}, {made.date}"


def left_as_drafts(stock: Stock, sheet: Sheet | None, edited: Collection[str]) -> list[str]:
    """Return the functions, of those that were edited, whose text is not applied."""
    left = {each.name for each in stock.entries if each.has_draft and each.name in edited}
    if sheet is not None:
        left.discard(sheet.place.name)
        if sheet.is_changed and sheet.place.name in edited:
            left.add(sheet.place.name)
    return sorted(left)


def told_version(each: Version) -> tuple[str, str, str]:
    """Return a version's label, how it came, and its text."""
    moment = each.time.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"{each.number:3}  {moment}", _NOTES.get(each.note, each.note), each.text
