"""The adding problem over the learning rate: six rates for each of four recurrent layers.

Run: python -m rnnbook.recipes run adding_rates
Everything else is as in `adding_problem`, whose rates were chosen from two with seed 101: T = 50, two
seeds that are not among its trials. The layer that does not learn T = 100 there runs at that length, too.
"""

import keras

from rnnbook import recipes

ADDING = recipes.import_recipe("adding_problem")
SETTINGS = ADDING.SETTINGS | {"seeds": [101, 102], "steps": 50, "longer": 100,
                              "rates": [3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1],
                              "updates": 2000, "every": 250, "solved": 0.05}
SETTINGS["cells"] = list(SETTINGS.pop("learning_rates"))
del SETTINGS["more_irnn_seeds"]


def trials(settings):
    """List the trials, all cells of one seed first; a trial tries every rate."""
    every = [{"cell": cell, "steps": settings["steps"], "seed": seed}
             for seed in settings["seeds"] for cell in settings["cells"]]
    return [*every, {"cell": "tanh", "steps": settings["longer"], "seed": settings["seeds"][0]}]


def run_trial(settings, trial):
    """Train one layer from the same weights with every rate."""
    cell = trial["cell"]
    model = ADDING.build(settings | {"learning_rates": {cell: 0.0}}, cell)
    model.optimizer.build(model.trainable_variables)
    variables = [*model.variables, *model.optimizer.variables]
    start, rows = [keras.ops.convert_to_numpy(v) for v in variables], []
    for rate in settings["rates"]:
        for variable, value in zip(variables, start):
            variable.assign(value)
        model.optimizer.learning_rate = rate
        rows += [{"rate": rate} | row for row in ADDING.rows_of(
            model, settings, trial["steps"], trial["seed"])]
    return rows


def finish(log, settings):
    """Give each layer's rate of fewest updates to the goal; None where no rate reached it."""
    at = log[log.steps == settings["steps"]]
    last = at.groupby(["cell", "rate", "seed"]).tail(1)
    spent = last.updates.where(last.mse <= settings["solved"])
    total = spent.groupby([last.cell, last.rate]).sum(min_count=len(settings["seeds"]))
    return {cell: float(total[cell].idxmin()) if total[cell].notna().any() else None
            for cell in settings["cells"]}
