"""Manuals in many words, so that the S-LLM learns to read them and not to recognize them.

A wording is made of a structure (which sentence comes first, how the condition is introduced) and
of synonyms. Some structures and some synonyms are held out: no training prompt has them, and the
model card says how well the model reads them.
"""

import random
import re

from ld_tui.authoring.space import Program
from ld_tui.authoring.wording import wording
from ld_tui.functionbase.manual import Manual

STRUCTURES = (
    "{does} when {if_}",
    "{does} use it when {if_}",
    "when {if_} , {does}",
    "if {if_} , {does}",
    "{does} best when {if_}",
    "{does} for states in which {if_}",
    "{does} as long as {if_}",
    "as long as {if_} , {does}",
    "only when {if_} , {does}",
    "{if_} : {does}",
)
HELD_OUT_STRUCTURES = ("{does} helps if {if_}", "in states in which {if_} , {does}")

# What is said -> other ways to say it; the last of each is held out.
SYNONYMS = {
    "heads straight for": ("goes straight to", "moves straight at", "runs straight for"),
    "head straight for": ("go straight to", "move straight at", "run straight for"),
    "strikes straight at": ("goes straight at", "runs straight at", "heads straight at"),
    "each dot": ("every dot", "each of the dots", "every one of the dots"),
    "every dot": ("each dot", "all of the dots", "every one of the dots"),
    "all dots": ("the three dots", "all three dots", "all of the dots"),
    "nearer dots": ("closer dots", "dots that are nearer", "dots that are closer"),
    "the others": ("the other dots", "the other two", "the other two dots"),
    "holds its place": ("keeps its place", "stays in its place", "holds still"),
    "hold": ("stay", "wait", "keep still"),
    "heads": ("goes", "moves", "runs"),
    "head": ("go", "move", "run"),
    "takes": ("goes to", "moves to", "heads to"),
    "take": ("go to", "move to", "head to"),
    "beyond": ("farther than", "more than", "past"),
    "within": ("at most", "no farther than", "not beyond"),
    "far dot": ("farthest dot", "last dot", "dot that is far"),
    "near dot": ("nearest dot", "closest dot", "dot that is near"),
    "mid dot": ("middle dot", "second dot", "dot in between"),
    "beside": ("next to", "right by", "close to"),
    "ahead of": ("in front of", "before", "in the way of"),
    "flight": ("escape", "way out", "run"),
    "straggling": ("lagging", "left behind", "late"),
    "lagging": ("straggling", "left behind", "late"),
    "middle of the board": ("center of the board", "center", "middle"),
    "swaps targets": ("exchanges targets", "trades targets", "shares the targets anew"),
    "shortens": ("walks", "cuts", "takes"),
    "goes to": ("walks to", "moves to", "heads to"),
    "joined": ("together", "gathered", "close"),
    "touching": ("adjacent", "beside it", "next to it"),
    "runs for": ("heads for", "goes for", "makes for"),
    "runs": ("goes", "flees", "moves"),
    "steps toward": ("moves toward", "goes toward", "walks toward"),
    "on the edge": ("at the edge", "on a border cell", "at a border"),
    "farthest from": ("most distant from", "farthest off from", "as far as can be from"),
    "open space": ("room", "free space", "space"),
    "its own": ("the same", "its given", "that very"),
}
_FIRST = re.compile(r"^when\s+", re.IGNORECASE)


def shipped_text(manual: Manual) -> str:
    """Return the words as play puts them into the prompt."""
    return manual.text


def reworded(manual: Manual, rng: random.Random, held_out: bool = False) -> str:
    """Return a manual in other words; the held-out ways are used only where asked for."""
    does = _swap(manual.summary, rng, held_out)
    condition = _swap(_FIRST.sub("", manual.when), rng, held_out).rstrip(" .")
    structure = rng.choice(HELD_OUT_STRUCTURES if held_out else STRUCTURES)
    return structure.format(does=does, if_=condition)


def thinned(text: str, rng: random.Random, share: float = 0.06) -> str:
    """Return text with a share of its words left out: a reader must not hang on any one word."""
    kept = [word for word in text.split(" ") if rng.random() >= share]
    return " ".join(kept) or text


def training_text(manual: Manual | Program, rng: random.Random) -> str:
    """Return one of the wordings that training uses: a manual as shipped in a third of cases."""
    if isinstance(manual, Program):
        text = wording(manual, rng)
        return text if rng.random() < 0.7 else thinned(text, rng, 0.03)
    if rng.random() < 1 / 3:
        return shipped_text(manual)
    return thinned(reworded(manual, rng), rng)


def _swap(text: str, rng: random.Random, held_out: bool) -> str:
    text = text.lower()
    for said in sorted(SYNONYMS, key=len, reverse=True):
        pattern = rf"\b{said}\b"
        if not re.search(pattern, text):
            continue
        *known, last = SYNONYMS[said]
        if held_out:
            text = re.sub(pattern, last, text)
        elif rng.random() < 0.4:
            text = re.sub(pattern, rng.choice(known), text)
    return text
