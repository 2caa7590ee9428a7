"""The way a dot is drawn to have gone; rules say how far it goes, not along which cells."""

from ld_tui.game.board import Cell
from ld_tui.game.rules import Rules


def between(source: Cell, target: Cell, rules: Rules) -> list[Cell]:
    """Return the cells of one shortest way, its ends left out: along open cells if it can be."""
    way, here = [], source
    while here != target:
        steps = []
        if here.col != target.col:
            steps.append(Cell(here.col + (1 if target.col > here.col else -1), here.row))
        if here.row != target.row:
            steps.append(Cell(here.col, here.row + (1 if target.row > here.row else -1)))
        here = next((cell for cell in steps if rules.is_open(cell)), steps[0])
        if here != target:
            way.append(here)
    return way
