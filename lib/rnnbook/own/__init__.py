"""What does a network learn from my own file, and is it better than the cheap rival?

Texts with labels: chapter 10. Any text, by characters or by words: chapters 11 and 12. Words
with tags (entities, parts of speech): chapters 08 and 14. Pairs of texts, such as sentences and
their translations: chapters 15 and 16. Series have their own: `rnnbook.time_series.forecast`.
"""
