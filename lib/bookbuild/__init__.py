"""What makes the book: notebooks, slides, checks."""
