"""Making the shipped weights: the S-LLM, its export and its trainer. Torch lives only here."""
