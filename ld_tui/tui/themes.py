"""The looks: colors are named here and nowhere else.

Sides are told by shape; these two hues are far apart for color-blind eyes, and in lightness.
"""

from textual.theme import Theme

DARK = Theme(
    name="ld-dark",
    dark=True,
    primary="#4cb4f5",
    secondary="#8aa4c8",
    accent="#ff9d2e",
    foreground="#dfe6f0",
    background="#0d1219",
    surface="#121923",
    panel="#1a2330",
    success="#5fd38d",
    warning="#f2c14e",
    error="#ff6b6b",
    variables={
        "blue-dot": "#4cb4f5",
        "orange-dot": "#ff9d2e",
        "blue-faint": "#2c5f86",
        "orange-faint": "#8a5a20",
        "cell-even": "#151e2a",
        "cell-odd": "#1a2533",
        "cell-point": "#3a4a5f",
        "cell-closed": "#6b7686",
        "cell-cursor": "#33475f",
        "quiet": "#7f8fa6",
        "rule": "#2b3a4d",
    },
)
LIGHT = Theme(
    name="ld-light",
    dark=False,
    primary="#0b6cb8",
    secondary="#4a6488",
    accent="#c25e00",
    foreground="#1b2430",
    background="#f7f8fa",
    surface="#eef1f5",
    panel="#e3e8ef",
    success="#1f8a4c",
    warning="#9a6b00",
    error="#c22f2f",
    variables={
        "blue-dot": "#0b6cb8",
        "orange-dot": "#c25e00",
        "blue-faint": "#8fbbe0",
        "orange-faint": "#e0b48a",
        "cell-even": "#e9edf3",
        "cell-odd": "#dfe5ed",
        "cell-point": "#aab6c6",
        "cell-closed": "#8a94a3",
        "cell-cursor": "#bccde2",
        "quiet": "#5f6e82",
        "rule": "#c3ccd8",
    },
)
