"""Settings: one schema for the file, the environment, the flags and the screen."""
