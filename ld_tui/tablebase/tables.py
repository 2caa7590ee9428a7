"""All the tables of a session: from memory, else from disk, else solved and kept."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path

from ld_tui.errors import TablebaseError, why
from ld_tui.game.board import Cell
from ld_tui.game.rules import Position, Rules
from ld_tui.tablebase.solve import solve
from ld_tui.tablebase.store import mark_used, prune, read_table, table_path, write_table
from ld_tui.tablebase.table import Table
from ld_tui.tablebase.world import World

IN_MEMORY = 4
"""Tables held at once; one of an open 10x10 board takes 17 MB, of a 12x12 one 73 MB."""
ON_DISK = 32
"""Tables kept in the cache; one of an open 10x10 board takes 0.9 MB, of a 12x12 one 3.7 MB."""


class Tables:
    """Tables by world. Not safe for use by several threads; by several processes it is."""

    def __init__(
        self,
        cache_dir: Path | None = None,
        progress: Callable[[float], None] | None = None,
        capacity: int = IN_MEMORY,
    ) -> None:
        """Keep tables in `cache_dir` (None: on no disk) and the last `capacity` in memory.

        `progress` is told how far a solution has come, from 0 to 1; never for a cached table.
        """
        self.progress = progress
        self.notice: str | None = None
        """Why the last table solved could not be kept on disk, in one line; None: it could."""
        self._folder = cache_dir
        self._capacity = capacity
        self._held: OrderedDict[World, Table] = OrderedDict()

    def for_position(self, position: Position) -> Table:
        """Return the table of the rules in force in a position, as if they stood for ever.

        Raises TablebaseError where the board is too large to be solved.
        """
        return self.for_world(World.of(position))

    def for_rules(self, rules: Rules, frozen_cells: Iterable[Cell] = ()) -> Table:
        """Return the table of some rules; `frozen_cells` names the cell of each frozen dot."""
        return self.for_world(World.of_rules(rules, frozen_cells))

    def for_world(self, world: World) -> Table:
        """Return the table of a world. Raises TablebaseError where it is too large."""
        table = self._held.pop(world, None) or self._read(world) or self._solve(world)
        self._held[world] = table
        while len(self._held) > self._capacity:
            self._held.popitem(last=False)
        return table

    def knows(self, position: Position) -> bool:
        """Tell whether a position's table is in memory, or read it from the disk."""
        world = World.of(position)
        if world not in self._held:
            if (table := self._read(world)) is None:
                return False
            self._held[world] = table
        return True

    def _read(self, world: World) -> Table | None:
        """Return a table from the disk, None where there is none that can be trusted."""
        if self._folder is None:
            return None
        path = table_path(self._folder, world)
        try:
            table = read_table(path, world)
            mark_used(path)
        except (OSError, TablebaseError):
            return None
        return table

    def _solve(self, world: World) -> Table:
        table = Table(world, solve(world, self.progress))
        self.notice = None
        if self._folder is not None:
            try:
                write_table(table_path(self._folder, world), table)
                prune(self._folder, ON_DISK)
            except OSError as error:
                self.notice = f"the solved board could not be kept in {self._folder}: {why(error)}"
        return table
