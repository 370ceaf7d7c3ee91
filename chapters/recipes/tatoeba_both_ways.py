"""English to Chinese and Chinese to English, without and with attention, at the best rates.

Run: python -m rnnbook.recipes run tatoeba_both_ways
The settings are those of tatoeba_plain, but for the learning rate: the best of those tried in
tatoeba_rates for each way and kind, by the loss on the validation part. The test part decided
nothing. BLEU compares Chinese by characters, English by words in small letters. The sentences
are our own; their translations by each trained network stand in the log.
"""

from rnnbook import recipes, translator

PLAIN = recipes.import_recipe("tatoeba_plain")
KINDS = {"plain": None, "attention": "multiplicative"}
SETTINGS = PLAIN.SETTINGS | {
    "learning_rate": {"english": {"plain": 16e-3, "attention": 16e-3},
                      "chinese": {"plain": 8e-3, "attention": 8e-3}},
    "sentences": {"english": ["I like to read books.", "Can you come tomorrow?",
                              "If it rains, we will stay at home."],
                  "chinese": ["我喜欢看书。", "你明天能来吗？", "如果下雨，我们就待在家里。"]}}
for unused in ("attention", "choose", "choose_epochs"):
    del SETTINGS[unused]
data = PLAIN.data


def trials(settings):
    """List both ways and kinds, seed by seed."""
    return [{"stage": "test", "source": source, "kind": kind, "epochs": settings["epochs"],
             "seed": settings["seed"] + k, "rate": rate}
            for k in range(settings["seeds"])
            for source, rates in settings["learning_rate"].items()
            for kind, rate in rates.items()]


def run_trial(settings, trial):
    """Train one translator; measure BLEU as tatoeba_plain does, and translate the sentences."""
    source = trial["source"]
    rows, model = PLAIN.train_and_score(
        settings | {"source": source, "attention": KINDS[trial["kind"]]}, trial)
    found = translator.translate(model, PLAIN.corpus(source)[1], settings["sentences"][source],
                                 settings["beam"], settings["penalty"])
    return [row | {f"sentence_{k}": (text or "-") if row is rows[-1] else "-"
                   for k, text in enumerate(found)} for row in rows]


def finish(log, settings):
    """Mean and spread of BLEU over the seeds, and of attention's gain at the same seed."""
    last, found = log[log.epoch == settings["epochs"]], {}
    for source in settings["learning_rate"]:
        for part in ("validation", "test", "beam"):
            bleu = last[last.source == source].pivot(index="seed", columns="kind",
                                                     values=f"bleu_{part}")
            bleu["gain"] = bleu.attention - bleu.plain
            found[f"{source} {part}"] = {
                kind: {"mean": bleu[kind].mean(), "sd": bleu[kind].std()} for kind in bleu}
    return found
