"""What is the next token? Chapters 01, 11, 12."""
