"""Measurements: what functions, retrieval, selection and play are worth, against the tablebase."""
