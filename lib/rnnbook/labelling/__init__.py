"""Which label does a text have, or each of its words? Chapters 08, 10, 14."""
