"""A game as one HTML page, whole in itself: no request, and without JavaScript a list to read.

The page's policy allows its own style and script, by their hashes, and nothing else, so that even
text that would slip through as markup could neither run nor load anything.
"""

import base64
import hashlib
from pathlib import Path

from ld_tui import __version__
from ld_tui.export.curve import curve
from ld_tui.export.markup import Markup, joined, tag, void
from ld_tui.export.story import Candidate, Scene, StageStory, Story, Written
from ld_tui.export.svg import Trail, board, board_extent, board_text, definitions
from ld_tui.export.worth import mark_of, value_text, verdict_of
from ld_tui.game.notation import format_position
from ld_tui.game.rules import Side

_HERE = Path(__file__).parent
_GLYPHS = {Side.BLUE: "●", Side.ORANGE: "◆"}
_BUTTONS = (
    ("first", "First", "Home"),
    ("back", "Back", "←"),
    ("play", "Play", "space"),
    ("next", "Next", "→"),
    ("last", "Last", "End"),
    ("notable", "Next event", "n: the next mistake or emergency"),
)


def page(story: Story) -> str:
    """Return a game as an HTML page."""
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; "
        f"script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    )
    head = tag(
        "head",
        void("meta", charset="utf-8"),
        void("meta", http_equiv="Content-Security-Policy", content=policy),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{story.title} – ld-tui"),
        # Without one a browser asks the server of the page for an icon.
        void("link", rel="icon", href="data:,"),
        tag("style", Markup(style)),
    )
    body = tag(
        "body",
        _header(story),
        _controls(),
        _values(story),
        _shared(story),
        tag("main", tag("ol", *_scenes(story), class_="scenes")),
        _functions(story),
        tag("footer", f"Made by ld-tui {__version__}."),
        tag("script", Markup(script)),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _hash(text: str) -> str:
    """Return how a policy names a text that it allows."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _header(story: Story) -> Markup:
    par = ""
    if story.par is not None:
        worth = story.par.value
        par = " Par: " + (value_text(worth) if worth is None else f"{worth} steps") + "."
    return tag(
        "header",
        tag("h1", story.title),
        tag("p", f"{story.ending}.{par}"),
        tag(
            "p",
            f"● blue: {story.blue}   ◆ orange: {story.orange}   seed {story.seed}   start ",
            tag("code", story.start),
            class_="quiet",
        ),
    )


def _controls() -> Markup:
    """Return the buttons; hidden until the script runs."""
    buttons = [
        tag("button", name, id=id_, type="button", title=f"key: {key}")
        for id_, name, key in _BUTTONS
    ]
    paces = [
        tag("option", f"{seconds} s a turn", value=seconds, selected=seconds == "1")
        for seconds in ("0.5", "1", "2", "4")
    ]
    return tag(
        "nav",
        *buttons,
        tag("select", *paces, id="pace", aria_label="pace"),
        tag("output", "", id="where", aria_live="polite"),
        id="controls",
        hidden=True,
        aria_label="replay",
    )


def _values(story: Story) -> Markup:
    if all(scene.after is None for scene in story.scenes):
        return Markup("")
    caption = "Steps to capture under best play, turn by turn: ?! ? ?? lost steps; ! an emergency."
    return tag("figure", curve(story), tag("figcaption", caption, class_="quiet"), class_="values")


def _shared(story: Story) -> Markup:
    """Return what every board on the page refers to."""
    size = story.scenes[0].position.base.size
    return tag("svg", definitions(size), class_="defs", width=0, height=0, aria_hidden="true")


def _scenes(story: Story) -> list[Markup]:
    found, trails = [], list[Trail]()
    for scene in story.scenes:
        # The other side's last move stays to be seen, as on the screen.
        trails = trails[-1:]
        if scene.side is not None and scene.move is not None:
            trails = [*trails, Trail(scene.side, scene.move, scene.before.rules)]
        found.append(_scene(scene, trails))
    return found


def _scene(scene: Scene, trails: list[Trail]) -> Markup:
    mark = mark_of(scene.worth) if scene.worth is not None else ""
    side = "" if scene.side is None else _GLYPHS[scene.side] + " "
    color = None if scene.side is None else f"{scene.side}-side"
    heading = tag("span", f"{side}{scene.title}", class_=color)
    return tag(
        "li",
        tag("h2", heading, tag("span", f" {mark}", class_="warn") if mark else ""),
        tag("div", _board(scene, trails), tag("div", *_mind(scene), class_="mind")),
        class_="scene",
        id=f"t{scene.number}",
        data_title=f"{side}{scene.title} {mark}".rstrip(),
        data_notable="" if mark or scene.struck or scene.written else None,
    )


def _board(scene: Scene, trails: list[Trail]) -> Markup:
    extent = board_extent(scene.position.base.size)
    words = board_text(scene.position)
    drawing = tag(
        "svg",
        tag("title", words),
        board(scene.position, trails),
        viewBox=f"0 0 {extent} {extent}",
        role="img",
    )
    return tag(
        "div",
        drawing,
        tag("p", f"{words}.", class_="quiet"),
        tag("p", tag("code", format_position(scene.position)), class_="quiet"),
        class_="board",
    )


def _mind(scene: Scene) -> list[Markup]:
    """Return what stands beside a board: emergencies, what was written, the decision, its worth."""
    parts = [tag("p", f"⚠ {words}", class_="warn") for words in scene.struck]
    parts += [tag("p", words, class_="warn") for words in scene.troubles]
    parts += [
        tag(
            "p",
            f"{one.author} wrote ",
            tag("a", tag("code", one.name), href=f"#f-{scene.number}-{at}"),
            f": {one.measured}",
        )
        for at, one in enumerate(scene.written)
    ]
    if scene.refused:
        parts.append(
            tag(
                "details",
                tag("summary", "drafts that were not taken up"),
                *(tag("p", words) for words in scene.refused),
                class_="quiet",
            )
        )
    if scene.worth is not None and scene.move is not None:
        verdict = verdict_of(scene.worth) or "no better move"
        value = value_text(scene.worth.value)
        parts.append(tag("p", f"Before: {value}. The move: {verdict}.", class_="worth"))
    elif scene.after is not None:
        parts.append(tag("p", f"{value_text(scene.after.value)}.".capitalize(), class_="worth"))
    if scene.move is not None and not scene.stages:
        parts.append(tag("p", f"{scene.player} chose the move without functions.", class_="quiet"))
    parts += [_stage(stage) for stage in scene.stages]
    if scene.stages and scene.ms:
        cost = f", with {scene.tokens.text}" if scene.tokens.text else ""
        parts.append(tag("p", f"Decided in {scene.ms:.0f} ms{cost}.", class_="quiet"))
    return parts


def _stage(stage: StageStory) -> Markup:
    heads = [tag("th", words, scope="col") for words in ("function", "distance", "probability")]
    table = tag(
        "table",
        tag("thead", tag("tr", *heads)),
        tag("tbody", *map(_row, stage.candidates)),
    )
    results = [tag("p", stage.note, class_="warn")] if stage.note else []
    if stage.shown:
        by = f"chosen by {stage.by}" if stage.by else ""
        by += f", {stage.tokens.text}" if by and stage.tokens.text else ""
        chosen = tag("code", stage.chosen)
        shown = tag("code", stage.shown)
        results.append(tag("p", chosen, " gave ", shown, tag("small", f" ({by})" if by else "")))
    return tag(
        "section",
        tag("h3", f"Stage {stage.number}: {stage.name}"),
        tag("p", stage.question, class_="quiet"),
        table if stage.candidates else "",
        *results,
        class_="stage",
    )


def _row(one: Candidate) -> Markup:
    sign = "▸ " if one.is_chosen else ""
    notes = [note for note in ("new" * one.is_new, one.struck and f"struck, {one.struck}") if note]
    name = tag(
        "th",
        sign,
        tag("code", one.name),
        f" ({'; '.join(notes)})" if notes else "",
        tag("small", one.summary),
        scope="row",
    )
    share = one.probability
    bar: str | Markup = ""
    if share is not None:
        wide = max(0.0, min(100.0, 100 * share))
        bar = joined(
            f"{wide:.0f} % ",
            tag(
                "svg",
                void("rect", width=wide, height=8),
                class_="bar",
                viewBox="0 0 100 8",
                preserveAspectRatio="none",
                aria_hidden="true",
            ),
        )
    far = "" if one.distance is None else f"{one.distance:.3f}"
    state = "chosen" if one.is_chosen else "struck" if one.struck else None
    return tag("tr", name, tag("td", far), tag("td", bar), class_=state)


def _functions(story: Story) -> Markup:
    """Return the manuals of all functions written in the game, source included."""
    parts = [
        _function(scene, at, one) for scene in story.scenes for at, one in enumerate(scene.written)
    ]
    if not parts:
        return Markup("")
    return tag("section", tag("h2", "Functions written in this game"), *parts, class_="written")


def _function(scene: Scene, at: int, one: Written) -> Markup:
    why = f" for {one.emergency}" if one.emergency else ""
    return tag(
        "article",
        tag("h3", tag("code", one.name)),
        tag(
            "p",
            f"By {one.author}{why}: {one.measured} ",
            tag("a", "(the turn)", href=f"#t{scene.number}"),
        ),
        tag("pre", tag("code", one.text)),
        id=f"f-{scene.number}-{at}",
    )
