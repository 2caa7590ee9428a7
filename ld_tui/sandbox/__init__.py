"""Runs the source of functions, which may come from a model or a stranger, out of harm's way."""
