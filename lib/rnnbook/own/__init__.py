"""What does a network learn from my own file, and is it better than the cheap rival?

Texts with labels: chapter 10. Series have their own: `rnnbook.time_series.forecast`.
"""
