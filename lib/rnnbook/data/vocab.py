"""Map the characters (or words) of a text to integers and back."""

import json
from collections import Counter

import numpy as np

PAD, UNKNOWN = "<pad>", "<unk>"
PAD_UNKNOWN = (PAD, UNKNOWN)  # numbers 0 and 1 where a network reads padded rows of tokens


class Vocabulary:
    """A fixed, ordered list of tokens with look-up in both directions.

    Attributes: `itos` (integer -> token, a list) and `stoi` (token -> integer, a dict).
    A vocabulary that holds the token `<unk>` maps every unknown token to it.
    """

    def __init__(self, tokens):
        """Number the tokens in the given order.

        Args:
            tokens: iterable of distinct, non-empty strings.
        Raises:
            ValueError: a token stands twice, or is not a non-empty string.
        """
        self.itos = list(tokens)
        for token in self.itos:
            if not isinstance(token, str) or not token:
                raise ValueError(f"a token must be a non-empty string, got {token!r}")
        self.stoi = {token: i for i, token in enumerate(self.itos)}
        if len(self.stoi) != len(self.itos):
            twice = [t for t, n in Counter(self.itos).items() if n > 1]
            raise ValueError(f"tokens that stand twice: {twice[:10]}")

    @classmethod
    def from_text(cls, text, specials=(), least=1):
        """Collect the distinct tokens of a text, sorted by code point.

        Args:
            text: a string (its characters are the tokens) or an iterable of tokens.
            specials: tokens that come first, in the given order, such as "<unk>".
            least: tokens that stand fewer times are left out.
        Returns:
            Vocabulary with the specials first.
        """
        specials = list(specials)
        often = {token for token, count in Counter(text).items() if count >= least}
        return cls(specials + sorted(often - set(specials)))

    def __len__(self):
        return len(self.itos)

    def __contains__(self, token):
        return token in self.stoi

    def __repr__(self):
        return f"Vocabulary({len(self)} tokens)"

    def encode(self, text):
        """Turn tokens into their integers.

        Args:
            text: a string (one integer per character) or a sequence of N tokens.
        Returns:
            int32 array (N,).
        Raises:
            KeyError: tokens are unknown and the vocabulary has no "<unk>"; they are named.
        """
        tokens = list(text)
        if UNKNOWN in self.stoi:
            fallback = self.stoi[UNKNOWN]
            return np.array([self.stoi.get(t, fallback) for t in tokens], dtype="int32")
        unknown = sorted(set(tokens) - self.stoi.keys())
        if unknown:
            shown = ", ".join(repr(t) for t in unknown[:10])
            more = f" and {len(unknown) - 10} more" if len(unknown) > 10 else ""
            raise KeyError(f"not in the vocabulary of {len(self)} tokens: {shown}{more}")
        return np.array([self.stoi[t] for t in tokens], dtype="int32")

    def decode(self, ids, separator=""):
        """Turn integers back into text.

        Args:
            ids: integers (N,), array or sequence.
            separator: what stands between two tokens ("" for characters, " " for words).
        Returns:
            str.
        Raises:
            IndexError: an integer is negative or not below the vocabulary's size.
        """
        ids = np.asarray(ids).reshape(-1)
        wrong = ids[(ids < 0) | (ids >= len(self))]
        if wrong.size:
            raise IndexError(f"no token {int(wrong[0])} in a vocabulary of {len(self)}")
        return separator.join(self.itos[int(i)] for i in ids)

    def to_json(self):
        """Give the vocabulary as JSON text."""
        return json.dumps({"tokens": self.itos}, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, path):
        """Read a vocabulary from a file of JSON.

        Args:
            path: Path of the file.
        Raises:
            ValueError: the content is no vocabulary; FileNotFoundError: no such file.
        """
        try:
            tokens = json.loads(path.read_text(encoding="utf-8"))["tokens"]
        except (json.JSONDecodeError, KeyError, TypeError):
            tokens = None
        if not isinstance(tokens, list):
            raise ValueError(f"{path} is no vocabulary (JSON with a list 'tokens')")
        return cls(tokens)
