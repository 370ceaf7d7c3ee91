"""English to Chinese and Chinese to English, without and with attention, at higher rates.

Run: python -m rnnbook.recipes run tatoeba_both_ways
The settings are those of tatoeba_plain, but for the learning rates. Those of the first group of
"arms" had the lowest loss on the validation part after three epochs, in tatoeba_rates. There
attention varied much from English, so the second group has the rate in between, and `finish`
takes for each way and kind the rate whose BLEU on the validation part is best after all epochs.
The test part decided nothing. BLEU compares Chinese by characters, English by words in small
letters. The sentences are our own; their translations by each trained network stand in the log.
"""

from rnnbook.translation import tatoeba_trials, translator

SETTINGS = {
    "seed": 0, "units": 224, "embedding": 96, "dropout": 0.3, "epochs": 10, "batch": 128,
    "beam": 5, "penalty": 1.0, "longest": [5, 8, 12],
    "arms": [{"seeds": 2, "rates": [["english", 16e-3], ["chinese", 8e-3]]},
             {"seeds": 3, "rates": [["english", 8e-3]]}],
    "sentences": {"english": ["I like to read books.", "Can you come tomorrow?",
                              "If it rains, we will stay at home."],
                  "chinese": ["我喜欢看书。", "你明天能来吗？", "如果下雨，我们就待在家里。"]}}
data = tatoeba_trials.data


def trials(settings):
    """List ways, rates and kinds, seed by seed."""
    return [{"stage": "test", "source": source, "kind": kind, "epochs": settings["epochs"],
             "seed": settings["seed"] + k, "rate": rate}
            for arm in settings["arms"] for k in range(arm["seeds"])
            for source, rate in arm["rates"] for kind in tatoeba_trials.KINDS]


def run_trial(settings, trial):
    """Train one translator; measure BLEU as tatoeba_plain does, and translate the sentences."""
    source = trial["source"]
    rows, model = tatoeba_trials.train_and_score(settings, trial, trial["kind"], source)
    _, languages = tatoeba_trials.corpus(source)
    found = translator.translate(model, languages, settings["sentences"][source],
                                 settings["beam"], settings["penalty"])
    return [row | {f"sentence_{k}": (text or "-") if row is rows[-1] else "-"
                   for k, text in enumerate(found)} for row in rows]


def finish(log, settings):
    """Choose the rate of each way and kind; mean and spread of BLEU there, by seeds."""
    last = log[log.epoch == settings["epochs"]]
    bleu = last.groupby(["source", "kind", "rate"])[[f"bleu_{part}" for part in (
        "validation", "test", "beam")]].agg(["mean", "std"])
    bleu.columns = ["_".join(names) for names in bleu.columns]
    best = bleu.loc[bleu.groupby(["source", "kind"]).bleu_validation_mean.idxmax()]
    return {f"{source} {kind}": {"rate": rate} | row.to_dict()
            for (source, kind, rate), row in best.iterrows()}
