"""Exact values of every position of a board, by retrograde analysis, kept on disk.

It knows nothing of functions, agents or screens.
"""
