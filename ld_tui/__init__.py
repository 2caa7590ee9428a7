"""ld-tui: play against, watch and reshape a small language model that thinks in functions."""

__version__ = "0.1.0"
