"""Language models: text in, probabilities out. It knows no game and no function."""
