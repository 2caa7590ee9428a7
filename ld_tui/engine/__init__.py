"""The engine process: thinking and analysis behind JSON lines on a pipe."""
