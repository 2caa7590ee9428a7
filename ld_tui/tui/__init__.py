"""The terminal client: draws what engine and referee tell, passes on what a person does.

Nothing here thinks: decisions and analysis come from the engine process, turns are taken by
`ld_tui.arena.game.Game`.
"""
