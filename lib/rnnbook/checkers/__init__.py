"""Exercise checkers, one module per chapter (its slug without the number)."""
