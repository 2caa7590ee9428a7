"""Games between players, headless: the pursuit game as the agent sees it, players, referee, saves."""
