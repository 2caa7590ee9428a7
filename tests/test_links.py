"""README and docs: links lead somewhere, pictures are small, and commands are commands."""

import re
import shlex
from pathlib import Path
from urllib.parse import unquote

import pytest

from ld_tui.cli import build_parser

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
RUNNING = [ROOT / "README.md", *(ROOT / "docs" / name for name in ("guide.md", "models.md"))]
FENCE = re.compile(r"^ *(```+)(\w*)\n(.*?)^ *\1", re.MULTILINE | re.DOTALL)


def prose(page: Path) -> str:
    """Return a page's text without its blocks and spans of code."""
    return re.sub(r"`[^`\n]+`", "", FENCE.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, made as GitHub does."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    found: set[str] = set()
    for heading in re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        count = sum(one == name or re.fullmatch(rf"{re.escape(name)}-\d+", one) is not None
                    for one in found)  # fmt: skip
        found.add(f"{name}-{count}" if count else name)
    return found


def commands(page: Path) -> list[str]:
    """Return the command lines of ours in a page's blocks of shell, as they are to be typed."""
    blocks = [text for _, kind, text in FENCE.findall(page.read_text(encoding="utf-8"))
              if kind == "sh"]  # fmt: skip
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip().split(" ")[0] == "ld-tui"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_a_file_and_an_anchor_that_exist(page: Path) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, left = set(), [PAGES[0]]
    while left:
        page = left.pop()
        seen.add(page)
        for link in re.findall(r"\]\(([^)\s#]+\.md)(?:#[^)]*)?\)", prose(page)):
            target = (page.parent / link).resolve()
            if target in PAGES and target not in seen:
                left.append(target)
    assert {page.name for page in PAGES} == {page.name for page in seen}


@pytest.mark.parametrize("page", RUNNING, ids=lambda page: page.name)
def test_commands_are_such_as_the_parser_takes(page: Path) -> None:
    found = commands(page)
    assert len(found) >= 8
    for line in found:
        try:
            build_parser().parse_args(shlex.split(line, comments=True)[1:])
        except SystemExit:
            pytest.fail(f"{page.name}: {line}")


def test_a_wrong_command_and_a_wrong_anchor_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "## A `b` [c](d.md), e!\n\n```sh\nld-tui play --sides blue\n# x\n```\n## A\n## A\n"
    )
    assert anchors(page) == {"a-b-c-e", "a", "a-1"}
    (line,) = commands(page)
    with pytest.raises(SystemExit):
        build_parser().parse_args(shlex.split(line)[1:])


def test_pictures_are_small_and_all_shown() -> None:
    shown = {
        (page.parent / link).resolve()
        for page in PAGES
        for link in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", prose(page))
    }
    for picture in [*(ROOT / "docs").glob("*.png"), *(ROOT / "docs" / "screens").glob("*.png")]:
        assert picture.stat().st_size < 100_000, picture.name
        assert picture in shown, picture.name
