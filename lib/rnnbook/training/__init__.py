"""How does a model learn, and where do its weights go?

Batches, fit, weights by name, fast loops: every chapter that trains.
"""
