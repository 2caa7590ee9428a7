"""The function base D_f: functions with their manuals as files, and what finds the fitting ones.

`manual` reads and writes one file, `store` a folder of them; `embedding`, `index` and `retriever`
rank the manuals of a stage by their nearness to a state (Eq. 2). It knows names and text, no game.
"""
