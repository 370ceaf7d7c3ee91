"""Which text answers a text? Chapters 15, 16."""
