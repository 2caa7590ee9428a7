"""The pursuit game: rules, emergencies, notation and records. Standard library only.

It knows nothing of functions, models or screens.
"""
