"""Widgets, one a file; each draws one view, a value, and knows nothing of games in progress."""
