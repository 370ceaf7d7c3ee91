"""The translator: numbers in, text out; training on a handful of pairs; BLEU by sacrebleu."""

import numpy as np
import pytest

from rnnbook.training.fitting import seed_everything
from rnnbook.translation import translator
from rnnbook.translation.seq2seq import SPECIALS, Seq2Seq

PAIRS = [(f"{who} {what}.", f"{wer}{was}。", "credit")
         for who, wer in (("I", "我"), ("he", "他"), ("she", "她"), ("we", "我们"))
         for what, was in (("sing", "唱歌"), ("swim", "游泳"), ("read books", "看书"))]


@pytest.fixture(scope="module")
def languages():
    return translator.Languages(PAIRS)


def test_examples_are_shifted_by_one(languages):
    source, target_in, target_out = languages.examples(PAIRS[:1])[0]
    assert [languages.english.itos[i] for i in source] == ["i", "sing", "."]
    assert [languages.chinese.itos[i] for i in target_in] == ["<s>", "我", "唱", "歌", "。"]
    assert target_out.tolist() == [*target_in[1:].tolist(), SPECIALS.index("</s>")]


def test_unknown_words_are_named_and_rare_ones_left_out(languages):
    assert languages.unknown("He sings, I sing.") == ["sings", ","]
    rare = translator.Languages([*PAIRS, ("unique", "唯", "")])
    assert "unique" not in rare.english
    assert "唯" not in rare.chinese


def test_chinese_to_english():
    turned = translator.Languages(PAIRS, source="chinese")
    assert turned.sizes == (len(turned.chinese), len(turned.english))
    assert turned.turned(PAIRS[:1]) == [("我唱歌。", "I sing.")]
    source, target_in, _ = turned.examples(PAIRS[:1])[0]
    assert [turned.chinese.itos[i] for i in source] == ["我", "唱", "歌", "。"]
    assert turned.text([*target_in[1:], SPECIALS.index("</s>"), 5, 5]) == "i sing."
    assert turned.unknown("我飞。") == ["飞"]
    with pytest.raises(ValueError, match=r"source must be one of .*'french'"):
        translator.Languages(PAIRS, source="french")


def test_long_pairs_are_left_out(languages):
    longest = translator.BOUNDARIES[-1]
    assert len(languages.examples([("I " * longest, "我", ""), ("I", "我" * longest, "")])) == 1


def test_batches_hold_each_pair_once(languages):
    examples = languages.examples(PAIRS)
    found = translator.batches(examples, 5, 0)
    assert sum(len(x) for x, _, _ in found) == len(PAIRS)
    assert {x.shape[1] for x, _, _ in found} == {translator.BOUNDARIES[0]}


def test_sums_are_keras_cross_entropy():
    import keras

    rng = np.random.default_rng(0)
    logits, targets = rng.normal(size=(2, 3, 5)).astype("float32"), np.array([[1, 4, 0], [2, 0, 0]])
    nats, spread, count = translator.sums(logits, targets)
    theirs = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
    assert float(nats) == pytest.approx(float(np.sum(np.asarray(theirs) * (targets > 0))), rel=1e-5)
    assert count == 3
    assert spread > 3 * np.log(5)  # the mean over tokens is above that of equal logits


def test_a_few_pairs_are_learned_by_heart(languages):
    seed_everything(1)
    model = Seq2Seq(*languages.sizes, 32, 16, "multiplicative", 0.0)
    examples, lines = languages.examples(PAIRS), []
    rows = translator.train(model, examples * 6, examples, 20, 2e-2, batch=12,
                            smoothing=0.0, say=lines.append)
    assert len(rows) == len(lines) == 20
    assert rows[-1]["validation_nats"] < 0.1 < rows[0]["validation_nats"]
    texts = [pair[0] for pair in PAIRS]
    for width in (1, 3):
        assert translator.translate(model, languages, texts, width) == [p[1] for p in PAIRS]
    assert isinstance(translator.translate(model, languages, ["zebras swim"])[0], str)
    with pytest.raises(ValueError, match="has nothing to translate"):
        translator.translate(model, languages, ["I swim", "   "])


def test_bleu():
    known = translator.references([("Hi.", "你好。", ""), ("Hi.", "嗨。", ""), ("Go.", "走。", "")])
    assert known == {"Hi.": ["你好。", "嗨。"], "Go.": ["走。"]}
    right = ["今天天气很好。", "我喜欢读书。"]
    assert translator.bleu(right, [[text] for text in right]) == pytest.approx(100)
    assert translator.bleu(right, [["完全不同", right[0]], [right[1]]]) == pytest.approx(100)
    assert translator.bleu(["他游泳", "她唱歌"], [[text] for text in right]) < 10
    with pytest.raises(ValueError, match="1 hypotheses, 2 lists"):
        translator.bleu(["a"], [["a"], ["b"]])


def test_bleu_of_english_counts_words_in_small_letters():
    assert translator.bleu(["he reads 12 books."], [["He reads 12 books."]],
                           "english") == pytest.approx(100)
    metric = translator.bleu_metric("english")
    metric.corpus_score(["he reads"], [["He reads"]])
    assert "tok:13a" in str(metric.get_signature())
