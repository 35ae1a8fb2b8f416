"""Words of a sentence."""

import string
import unicodedata
from functools import lru_cache

MOST_WORDS = 1000  # of a sentence: the work that one takes is bounded, and what stands behind is not read
_EDGES = string.punctuation + "…«»“”‘’„¿¡。，？！।"


@lru_cache(maxsize=65536)
def tokenize(sentence: str) -> tuple[str, ...]:
    """The words of a sentence, case folded, without the punctuation around them.

    Words are split at white space and stripped at both ends, so that "don't", "3.5" and
    "mother-in-law" stay whole in any script. A sentence of punctuation alone has no words, and of a very
    long one only the first MOST_WORDS pieces between white space are read.

    >>> tokenize("Where is Mary's book?")
    ('where', 'is', "mary's", 'book')
    """
    folded = unicodedata.normalize("NFC", sentence).casefold()
    return tuple(word for raw in _pieces(folded) if (word := raw.strip(_EDGES)))


def spell(sentence: str) -> tuple[str, ...]:
    """The words of `tokenize`, one for one, in the letters they were written in.

    >>> spell("Where is Mary's book?")
    ('Where', 'is', "Mary's", 'book')
    """
    pieces = _pieces(unicodedata.normalize("NFC", sentence))
    return tuple(word for raw in pieces if (word := raw.strip(_EDGES)))


def is_cut(sentence: str) -> bool:
    """Whether the sentence is longer than what is read of it."""
    return len(sentence.split(None, MOST_WORDS)) > MOST_WORDS


def _pieces(sentence: str) -> list[str]:
    return sentence.split(None, MOST_WORDS)[:MOST_WORDS]


def fold(text: str) -> str:
    """Text as it is compared: the words of `tokenize`, joined by single spaces."""
    return " ".join(tokenize(text))
