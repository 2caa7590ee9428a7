"""The client in a browser: `ld-tui serve`, by textual-serve (the extra `[serve]`)."""
