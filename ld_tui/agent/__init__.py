"""Algorithm 1 of Logic Distillation, a generator of typed events. Knows no board, no screen."""
