"""How the two sides of a file of pairs become numbers, and an answer text again."""

import re
from dataclasses import dataclass

import numpy as np

from rnnbook.data.tatoeba import QUOTES, chinese_tokens, join_chinese, join_english
from rnnbook.data.vocab import Vocabulary
from rnnbook.own.tokens import is_chinese
from rnnbook.translation.seq2seq import SPECIALS, before_end, shifted

# A digit; a run of what is no mark, with apostrophes inside it; a mark. In any script with spaces.
WORD = re.compile(r"\d|(?:[^\s\d!-/:-@\[-`{-~¡-¿‐-⁞\u3000-\u303f\uff00-\uff0f]|(?<=\w)'(?=\w))+|\S")
SPACED = 1.2  # pieces between spaces: fewer on average make texts of one word each


def words_of(text):
    """Split a text of any language with spaces into lower-case words, digits and marks."""
    return WORD.findall(text.translate(QUOTES).lower())


KINDS = {  # name -> split, join, how BLEU compares, least times that a token stands
    "letters": (list, "".join, "letters", 1),
    "characters": (chinese_tokens, join_chinese, "chinese", 2),
    "words": (words_of, join_english, "english", 2)}


def kinds_of(pairs):
    """Choose the tokens of both sides: two names of `KINDS`.

    Letters where one side is of single words, such as dates or inflected forms: then spaces
    count, too. Else characters where there is Chinese, and words.

    Args:
        pairs: list of (source, target).
    """
    sides = list(zip(*pairs))
    chinese = [is_chinese("".join(side[:1000])) for side in sides]
    single = [np.mean([len(text.split()) for text in side]) < SPACED for side in sides]
    if any(alone and not han for alone, han in zip(single, chinese)):
        return "letters", "letters"
    return tuple("characters" if han else "words" for han in chinese)


@dataclass
class Sides:
    """Vocabularies of source and target, with `SPECIALS` first, and what their tokens are."""

    kinds: tuple
    vocabs: tuple

    @classmethod
    def learn(cls, pairs):
        """Collect the tokens of (source, target) pairs; rare words teach the unknown one."""
        kinds = kinds_of(pairs)
        return cls(kinds, tuple(
            Vocabulary.from_text((token for text in side for token in KINDS[kind][0](text)),
                                 SPECIALS, least=KINDS[kind][3])
            for kind, side in zip(kinds, zip(*pairs))))

    @property
    def sizes(self):
        """Entries of the source's vocabulary and of the target's."""
        return tuple(map(len, self.vocabs))

    @property
    def letters(self):
        """Whether texts are read letter by letter, not as sentences."""
        return "letters" in self.kinds

    @property
    def language(self):
        """How `bleu_counts` compares targets."""
        return KINDS[self.kinds[1]][2]

    def tokens(self, text):
        """Split a source text: list of str."""
        return KINDS[self.kinds[0]][0](text)

    def source(self, text):
        """Number the tokens of a source text: int32 (S,)."""
        return self.vocabs[0].encode(self.tokens(text))

    def unknown(self, text):
        """List the tokens of a source text that the vocabulary lacks."""
        return [token for token in self.tokens(text) if token not in self.vocabs[0]]

    def examples(self, pairs, longest):
        """Number pairs for teacher forcing, as `translator.Languages.examples`.

        Args:
            pairs: list of (source, target).
            longest: tokens of a side; longer pairs are left out.
        """
        split = KINDS[self.kinds[1]][0]
        rows = [(self.source(source), *shifted(self.vocabs[1].encode(split(target))))
                for source, target in pairs]
        return [row for row in rows if max(map(len, row)) <= longest]

    def text(self, row):
        """Write the numbers (T,) of an answer as text, without <unk>, up to END."""
        itos = self.vocabs[1].itos
        return KINDS[self.kinds[1]][1]([itos[i] for i in before_end(row) if i >= len(SPECIALS)])

    def plain(self, text):
        """Write a target text as `text` would: small letters and spaces where tokens are words."""
        split, join, *_ = KINDS[self.kinds[1]]
        return join(split(text))
