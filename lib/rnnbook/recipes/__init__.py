"""What was recorded?

Longer trainings: what they left, and how they run again. Every chapter that quotes one.
"""

from rnnbook.recipes.read import RecipeError, import_recipe, load, names

__all__ = ["RecipeError", "import_recipe", "load", "names"]
