"""XML, piece by piece: whatever is put in is escaped, so no text of a game becomes markup."""

from html import escape


class Markup(str):
    """A piece of XML or HTML: what is put into other markup unescaped."""

    __slots__ = ()


def tag(name: str, /, *children: str | Markup, **attributes: object) -> Markup:
    """Return an element. Text among `children` is escaped, as are the attributes' values.

    An attribute's name is written with `-` for `_`, and without one at its end (`class_`); one
    that is None or False is left out, True is an attribute without a value in HTML (`hidden`).
    """
    words = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        written = key.removesuffix("_").replace("_", "-")
        words.append(written if value is True else f'{written}="{escape(_text(value))}"')
    inside = joined(*children)
    opening = " ".join(words)
    return Markup(f"<{opening}>{inside}</{name}>")


def void(name: str, /, **attributes: object) -> Markup:
    """Return an element without content, closed at once, as XML wants it and HTML allows."""
    return Markup(tag(name, **attributes).removesuffix(f"></{name}>") + "/>")


def joined(*children: str | Markup) -> Markup:
    """Return pieces one after the other; those that aren't markup are escaped."""
    return Markup("".join(each if isinstance(each, Markup) else escape(each) for each in children))


def _text(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
