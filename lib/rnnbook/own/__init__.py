"""What does a network learn from my own file, and is it better than the cheap rival?

Chapters 08, 10, 11, 12, 14, 15, 16. Series have their own: `rnnbook.time_series.forecast`.
"""
