"""The translation memory: it answers with what stands in it."""

from rnnbook.translation.memory import recall

PAIRS = [("I like tea.", "我喜欢茶。", ""), ("Where is the station?", "车站在哪里？", ""),
         ("I like the station.", "我喜欢车站。", "")]


def test_the_most_similar_source_is_answered():
    assert recall(PAIRS, ["Where is the stop?", "I like teas."]) == ["车站在哪里？", "我喜欢茶。"]


def test_another_way_to_be_alike():
    found = recall(PAIRS, ["station I like the"], analyzer=str.split, ngram_range=(1, 1))
    assert found == ["我喜欢车站。"]
