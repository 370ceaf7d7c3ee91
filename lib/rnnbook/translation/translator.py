"""Translate between English and Chinese: train an encoder-decoder, use it, score it by BLEU."""

import numpy as np
from keras import ops

from rnnbook.data.tatoeba import chinese_tokens, english_tokens, join_chinese, join_english
from rnnbook.data.vocab import Vocabulary
from rnnbook.training.bucketing import batch_indices, by_length, pad_right
from rnnbook.training.fitting import adam_cosine
from rnnbook.translation.seq2seq import SPECIALS, before_end, shifted

BOUNDARIES = (8, 10, 12, 16, 24)  # few shapes: each is traced once
LONGEST = 40  # tokens of a translation, the end token included
TOKENS = {"english": english_tokens, "chinese": chinese_tokens}  # in the order of a pair
JOIN = {"english": join_english, "chinese": join_chinese}


class Languages:
    """What a list of sentence pairs teaches about both languages, and the way to translate.

    Attributes: `english` and `chinese`, Vocabulary of the tokens that stand at least twice
    (the others teach what an unknown one is like), with `seq2seq.SPECIALS` first; `names`,
    the language to translate from and the one to translate to.
    """

    def __init__(self, pairs, source="english"):
        """Collect the tokens of pairs (english, chinese, credit).

        Args:
            pairs: list of tuples of str.
            source: language to translate from, "english" or "chinese".
        Raises:
            ValueError: another language.
        """
        if source not in TOKENS:
            raise ValueError(f"source must be one of {list(TOKENS)}, got {source!r}")
        self.names = (source, *(name for name in TOKENS if name != source))
        self.english, self.chinese = (
            Vocabulary.from_text((token for pair in pairs for token in split(pair[column])),
                                 SPECIALS, least=2)
            for column, split in enumerate(TOKENS.values()))

    @property
    def sizes(self):
        """Entries of the source's vocabulary and of the target's."""
        return tuple(len(getattr(self, name)) for name in self.names)

    def tokens(self, text):
        """Split a text of the source's language: list of str."""
        return TOKENS[self.names[0]](text)

    def source(self, text):
        """Number the tokens of a text of the source's language: int32 (S,)."""
        return getattr(self, self.names[0]).encode(self.tokens(text))

    def target(self, text):
        """Number the tokens of a text of the target's language: int32 (T,)."""
        return getattr(self, self.names[1]).encode(TOKENS[self.names[1]](text))

    def unknown(self, text):
        """List the tokens of a text that the source's vocabulary lacks."""
        return [t for t in self.tokens(text) if t not in getattr(self, self.names[0])]

    def turned(self, pairs):
        """Put each pair's source before its target: list of (source, target), two str."""
        way = slice(None, 2) if self.names[0] == "english" else slice(1, None, -1)
        return [pair[way] for pair in pairs]

    def examples(self, pairs):
        """Number pairs for teacher forcing.

        Args:
            pairs: list of (english, chinese, credit).
        Returns:
            list of (source, START + target, target + END), int32 arrays; pairs longer than
            the last of `BOUNDARIES` are left out.
        """
        rows = [(self.source(source), *shifted(self.target(target)))
                for source, target in self.turned(pairs)]
        return [row for row in rows if max(map(len, row)) <= BOUNDARIES[-1]]

    def text(self, row):
        """Write the tokens of one output as a text, without <unk>.

        Args:
            row: int (T,), numbers of the target's tokens; what follows END is left out.
        """
        itos = getattr(self, self.names[1]).itos
        return JOIN[self.names[1]]([itos[i] for i in before_end(row) if i >= len(SPECIALS)])


def translate(model, languages, texts, width=1, penalty=0.0, longest=LONGEST):
    """Translate texts of the source's language.

    Args:
        model: trained Seq2Seq.
        languages: Languages of its training pairs.
        texts: list of str; unknown words are read as <unk>.
        width, penalty: of the beam; width 1 is greedy.
        longest: tokens of a translation, the end token included.
    Returns:
        list of str; <unk> is left out of them.
    Raises:
        ValueError: a text without a token.
    """
    ids = [languages.source(text) for text in texts]
    for text, row in zip(texts, ids):
        if len(row) == 0:
            raise ValueError(f"{text!r} has nothing to translate")
    found = [None] * len(ids)
    for members in by_length(ids, 1024):
        # not compiled: it would take longer than this, and not stop when all sentences have ended
        tokens, _, _ = model.search(pad_right([ids[i] for i in members]), longest, width, penalty)
        for i, row in zip(members, ops.convert_to_numpy(tokens)[:, 0]):
            found[i] = languages.text(row)
    return found


def references(pairs):
    """Collect all translations of each text.

    Args:
        pairs: list of (source, target, ...), such as of `Languages.turned`.
    Returns:
        dict, source -> list of its targets.
    """
    found = {}
    for source, target, *_ in pairs:
        found.setdefault(source, []).append(target)
    return found


def bleu(hypotheses, references, language="chinese"):
    """Score translations by what they share with the references (BLEU, sacrebleu).

    Chinese is compared by characters; English by words, in small letters.

    Args:
        hypotheses: list of str.
        references: list of lists of str, all translations of each sentence.
        language: of the translations.
    Returns:
        BLEU of the whole list, 0 to 100.
    Raises:
        ValueError: not as many hypotheses as lists of references.
    """
    if len(hypotheses) != len(references):
        raise ValueError(f"{len(hypotheses)} hypotheses, {len(references)} lists of references")
    most = max(map(len, references))
    streams = [[row[k] if k < len(row) else None for row in references] for k in range(most)]
    return bleu_metric(language).corpus_score(hypotheses, streams).score


def bleu_metric(language="chinese"):
    """Make sacrebleu's metric; after scoring, its `get_signature()` says all its settings.

    The language "letters" compares every sign, in any script.
    """
    from sacrebleu.metrics import BLEU

    return BLEU(**{"chinese": {"tokenize": "zh"}, "letters": {"tokenize": "char"},
                   "english": {"tokenize": "13a", "lowercase": True}}[language])


def batches(examples, batch, seed, boundaries=BOUNDARIES):
    """Make batches of similar length, padded to one of the boundaries.

    Args:
        examples: of `Languages.examples`.
        batch: pairs per batch.
        seed: integer or sequence of integers.
        boundaries: increasing; the last is no shorter than any example.
    Returns:
        list of (source (B, T), target_in (B, T), target_out (B, T)), int32.
    """
    lengths = np.array([max(map(len, row)) for row in examples])
    found = []
    for members in batch_indices(lengths, batch, boundaries, seed):
        steps = next(b for b in boundaries if b >= lengths[members].max())
        found.append(tuple(pad_right([examples[i][part] for i in members], steps)
                           for part in range(3)))
    return found


def train(model, examples, validation, epochs, learning_rate, batch=128, seed=0, smoothing=0.1,
          boundaries=BOUNDARIES, say=None):
    """Train with teacher forcing: AdamW, warm-up over 200 batches, then a cosine to zero.

    Only on TensorFlow: each shape of a batch is traced on its own.

    Args:
        model: Seq2Seq.
        examples, validation: of `Languages.examples`.
        epochs: passes over the examples.
        learning_rate: of AdamW at its highest.
        batch: pairs per batch.
        seed: of the order of the batches.
        smoothing: share of each target that is spread over all tokens.
        boundaries: as `batches`.
        say: receives a line after each epoch (None: silence).
    Returns:
        list of dicts, one per epoch: train_nats and validation_nats, per target token, without
        smoothing.
    """
    import tensorflow as tf

    per_epoch = len(batches(examples, batch, seed, boundaries))
    optimizer = adam_cosine(epochs * per_epoch, learning_rate, min(200, per_epoch), decay=1e-4)
    model([part[:2] for part in batches(examples, batch, seed, boundaries)[0][:2]])
    optimizer.build(model.trainable_variables)

    def update(source, target_in, target_out):
        with tf.GradientTape() as tape:
            nats, spread, count = sums(model((source, target_in), training=True), target_out)
            loss = ((1 - smoothing) * nats + smoothing * spread) / count
        optimizer.apply(tape.gradient(loss, model.trainable_variables))
        return nats, count

    def measure(source, target_in, target_out):
        nats, _, count = sums(model((source, target_in)), target_out)
        return nats, count

    traced = {}

    def mean(function, data):
        totals = 0
        for rows in data:
            key = function, rows[0].shape[1]
            if key not in traced:
                shape = tf.TensorSpec([None, key[1]], "int32")
                traced[key] = tf.function(function, input_signature=[shape] * 3)
            totals = totals + np.array(traced[key](*rows))
        return float(totals[0] / totals[1])

    rows = []
    for epoch in range(epochs):
        row = {"epoch": epoch + 1,
               "train_nats": mean(update, batches(examples, batch, (seed, epoch), boundaries)),
               "validation_nats": mean(measure, batches(validation, batch, 0, boundaries))}
        rows.append(row)
        if say:
            say("  ".join(f"{key} {value:.4g}" for key, value in row.items()))
    return rows


def sums(logits, targets):
    """Add up over the real targets (not 0): nats, nats of a uniform target, their number."""
    real = ops.cast(targets != 0, logits.dtype)
    log_p = ops.log_softmax(logits, axis=-1)
    picked = ops.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return (-ops.sum(real * picked), -ops.sum(real * ops.mean(log_p, axis=-1)), ops.sum(real))
