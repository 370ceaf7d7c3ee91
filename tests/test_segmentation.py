"""Words to characters and back, and the scores of words."""

import pytest

from rnnbook.labelling import segmentation as seg


def test_words_become_tags_and_tags_words():
    words = ["我", "在", "北京", "图书馆", "。"]
    tags = seg.word_tags(words)
    assert "".join(tags) == "SSBEBMES"
    assert seg.to_words("".join(words), tags) == words
    assert seg.character_tokens(["北京", "人"]) == ["北京", "京人", "人▁"]
    assert seg.segmentation_task([[("北京", "O")]]) == [[("北京", "B"), ("京▁", "E")]]
    # tags that do not fit together still give words
    assert seg.to_words("北京人", ["M", "S", "M"]) == ["北", "京", "人"]
    assert seg.to_words("北京人", ["B", "B", "M"]) == ["北", "京人"]


def test_entities_of_characters():
    found = seg.character_entities([[("王", "B-PER"), ("小明", "I-PER"), ("好", "O")]])
    assert [tag for _, tag in found[0]] == ["B-PER", "I-PER", "I-PER", "O"]
    found = seg.character_entities([[("北京", "B-LOC"), ("的话", "O")]])
    assert [tag for _, tag in found[0]] == ["B-LOC", "I-LOC", "O", "O"]


def test_word_f1():
    gold, own = [["北京", "人"], ["好"]], [["北京人"], ["好"]]
    assert seg.word_f1(gold, gold) == (1, 1, 1)
    assert seg.word_f1(gold, own) == (1 / 2, 1 / 3, 2 / 5)
    with pytest.raises(ValueError, match="not the same text"):
        seg.word_f1([["a"]], [["b"]])


def test_baselines():
    words = {"北京", "北京大学", "学生"}
    assert seg.longest_match(words, "在北京大学生") == ["在", "北京大学", "生"]
    assert seg.likeliest_tags([[("人▁", "S"), ("人民", "B"), ("人口", "B")]]) == {"人": "B"}


def test_each_task_has_its_tokens(monkeypatch):
    from types import SimpleNamespace

    from rnnbook.labelling import tagging_trials

    part = [[("北京", "B-LOC"), ("好", "O")]]
    bank = SimpleNamespace(train=part, validation=part, test=part)
    monkeypatch.setattr(tagging_trials, "bank", lambda task: bank)
    tokens = ["北京", "京好", "好▁"]
    wanted = {"entities": part[0],
              "entities of characters": list(zip(tokens, ["B-LOC", "I-LOC", "O"])),
              "words": list(zip(tokens, "BES"))}
    for task, sentence in wanted.items():
        assert tagging_trials.parts(task) == [[sentence]] * 3
        assert tagging_trials.measure(task, [sentence], [[t for _, t in sentence]])["score"] == 1
