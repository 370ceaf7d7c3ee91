"""English to Chinese with an encoder-decoder: vocabularies, training, translations, BLEU."""

from collections import Counter

import keras
import numpy as np
from keras import ops

from rnnbook.bucketing import batch_indices, pad_right
from rnnbook.seq2seq import END, SPECIALS, START
from rnnbook.translation import chinese_tokens, english_tokens, join_chinese
from rnnbook.vocab import Vocabulary

BOUNDARIES = (8, 10, 12, 16, 24)  # few shapes: each is traced once
LONGEST = 40  # tokens of a translation, the end token included


class Languages:
    """What a list of sentence pairs teaches about both languages.

    Attributes: `english` and `chinese`, Vocabulary of the tokens that stand at least twice
    (the others teach what an unknown one is like), with `seq2seq.SPECIALS` first.
    """

    def __init__(self, pairs):
        """Collect the tokens of pairs (english, chinese, credit)."""
        self.english = _vocabulary(english_tokens(pair[0]) for pair in pairs)
        self.chinese = _vocabulary(chinese_tokens(pair[1]) for pair in pairs)

    def source(self, text):
        """Number the tokens of an English text: int32 (S,)."""
        return self.english.encode(english_tokens(text))

    def unknown(self, text):
        """List the tokens of an English text that the vocabulary lacks."""
        return [token for token in english_tokens(text) if token not in self.english]

    def examples(self, pairs):
        """Number pairs for teacher forcing.

        Args:
            pairs: list of (english, chinese, credit).
        Returns:
            list of (source, START + target, target + END), int32 arrays; pairs longer than
            the last of `BOUNDARIES` are left out.
        """
        first, last = ([SPECIALS.index(token)] for token in (START, END))
        rows = []
        for english, chinese, *_ in pairs:
            target = self.chinese.encode(chinese_tokens(chinese))
            rows.append((self.source(english), np.r_[first, target].astype("int32"),
                         np.r_[target, last].astype("int32")))
        return [row for row in rows if max(map(len, row)) <= BOUNDARIES[-1]]


def _vocabulary(token_lists):
    seen = Counter(token for tokens in token_lists for token in tokens)
    return Vocabulary.from_text((token for token, n in seen.items() if n > 1), SPECIALS)


def batches(examples, batch, seed):
    """Make batches of similar length, padded to one of `BOUNDARIES`.

    Args:
        examples: of `Languages.examples`.
        batch: pairs per batch.
        seed: integer or sequence of integers.
    Returns:
        list of (source (B, T), target_in (B, T), target_out (B, T)), int32.
    """
    lengths = np.array([max(map(len, row)) for row in examples])
    found = []
    for members in batch_indices(lengths, batch, BOUNDARIES, seed):
        steps = next(b for b in BOUNDARIES if b >= lengths[members].max())
        found.append(tuple(pad_right([examples[i][part] for i in members], steps)
                           for part in range(3)))
    return found


def train(model, examples, validation, epochs, learning_rate, batch=128, seed=0, smoothing=0.1,
          say=None):
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
        say: receives a line after each epoch (None: silence).
    Returns:
        list of dicts, one per epoch: train_nats and validation_nats, per target token, without
        smoothing.
    """
    import tensorflow as tf

    per_epoch = len(batches(examples, batch, seed))
    warmup = min(200, per_epoch)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, epochs * per_epoch - warmup, warmup_target=learning_rate, warmup_steps=warmup)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=1e-4, global_clipnorm=1.0)
    model([part[:2] for part in batches(examples, batch, seed)[0][:2]])
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
               "train_nats": mean(update, batches(examples, batch, (seed, epoch))),
               "validation_nats": mean(measure, batches(validation, batch, 0))}
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


def translate(model, languages, texts, width=1, penalty=0.0, batch=256):
    """Translate English texts.

    Args:
        model: trained Seq2Seq.
        languages: Languages of its training pairs.
        texts: list of str; unknown words are read as <unk>.
        width, penalty: of the beam; width 1 is greedy.
        batch: texts at once.
    Returns:
        list of str; <unk> is left out of them.
    Raises:
        ValueError: a text without a token.
    """
    ids = [languages.source(text) for text in texts]
    for text, row in zip(texts, ids):
        if len(row) == 0:
            raise ValueError(f"{text!r} has no English word")
    order, found = np.argsort([len(row) for row in ids], kind="stable"), [None] * len(ids)
    for start in range(0, len(order), batch):
        members = order[start:start + batch]
        # not compiled: it would take longer than this, and not stop when all sentences have ended
        tokens, _, _ = model.search(pad_right([ids[i] for i in members]), LONGEST, width, penalty)
        for i, row in zip(members, ops.convert_to_numpy(tokens)[:, 0]):
            found[i] = _text(languages, row)
    return found


def _text(languages, row):
    row = row.tolist()
    end = SPECIALS.index(END)
    row = row[:row.index(end)] if end in row else row
    return join_chinese([languages.chinese.itos[i] for i in row if i >= len(SPECIALS)])


def references(pairs):
    """Collect all translations of each English text: dict text -> list of str."""
    found = {}
    for english, chinese, *_ in pairs:
        found.setdefault(english, []).append(chinese)
    return found


def bleu(hypotheses, references):
    """Score translations by the characters they share with the references (BLEU, sacrebleu).

    Args:
        hypotheses: list of str.
        references: list of lists of str, all translations of each sentence.
    Returns:
        BLEU of the whole list, 0 to 100.
    Raises:
        ValueError: not as many hypotheses as lists of references.
    """
    import sacrebleu

    if len(hypotheses) != len(references):
        raise ValueError(f"{len(hypotheses)} hypotheses, {len(references)} lists of references")
    most = max(map(len, references))
    streams = [[row[k] if k < len(row) else None for row in references] for k in range(most)]
    return sacrebleu.corpus_bleu(hypotheses, streams, tokenize="zh").score
