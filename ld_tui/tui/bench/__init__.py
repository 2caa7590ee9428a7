"""The benchmark screen's parts: what is chosen, the process that plays, and what it told."""
