"""And backwards? Backpropagation through time and what vanishes in it: chapters 03, 04."""
