"""Words of a sentence."""

import string
import unicodedata
from functools import lru_cache

_EDGES = string.punctuation + "…«»“”‘’„¿¡。，？！।"


@lru_cache(maxsize=65536)
def tokenize(sentence: str) -> tuple[str, ...]:
    """The words of a sentence, case folded, without the punctuation around them.

    Words are split at white space and stripped at both ends, so that "don't", "3.5" and
    "mother-in-law" stay whole in any script. A sentence of punctuation alone has no words.

    >>> tokenize("Where is Mary's book?")
    ('where', 'is', "mary's", 'book')
    """
    folded = unicodedata.normalize("NFC", sentence).casefold()
    return tuple(word for raw in folded.split() if (word := raw.strip(_EDGES)))


def spell(sentence: str) -> tuple[str, ...]:
    """The words of `tokenize`, one for one, in the letters they were written in.

    >>> spell("Where is Mary's book?")
    ('Where', 'is', "Mary's", 'book')
    """
    return tuple(
        word for raw in unicodedata.normalize("NFC", sentence).split() if (word := raw.strip(_EDGES))
    )


def fold(text: str) -> str:
    """Text as it is compared: the words of `tokenize`, joined by single spaces."""
    return " ".join(tokenize(text))
