"""What makes a cell a page?

Claims, exercises, figures, diagrams, a quiet kernel: every chapter.
"""
