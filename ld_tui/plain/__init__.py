"""The game in lines of text, for screen readers and terminals that can't draw.

It plays on the same conductor as the screens do, and draws nothing: no Textual, no color, no
moving cursor.
"""
