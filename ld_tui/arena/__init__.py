"""Games between players, headless: what the agent sees of a game, players, referee, saves."""
