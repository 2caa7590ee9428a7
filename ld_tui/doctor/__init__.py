"""What works here and what doesn't, with the mend: `ld-tui doctor`, and F12 on the screen.

Each finding is one line. Nothing secret is in any: of keys only whether they are there.
"""
