"""The names of what a benchmark measures; how each becomes a player is for `bench/methods.py`."""

from ld_tui.arena.players import PROGRAMS

LD = "ld"
"""The agent as it ships; every other method is compared with it."""
AGENTS = ("ld-random", "ld-first", "ld-oracle-k", "ld-oracle")
"""The agent with another who selects: at random, the first retrieved, the best by the tablebase
among the K retrieved, the same among all functions of the stage."""
CORE = (LD, *AGENTS, "greedy", "random", "perfect")
"""Methods that need nothing but the agent and the tablebase: what is played by default."""
ALONE = (*CORE, *(name for name in PROGRAMS if name not in CORE))
"""Methods that exist whatever the function base: every program that plays may be named."""
FUNCTIONS = "functions"
"""Stands for every single function in a list of methods."""
OPPONENTS = ("perfect", LD, "greedy")
"""Who is played against by default."""
