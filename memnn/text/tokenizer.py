"""Words of a sentence."""

import re
import string
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

MOST_WORDS = 1000  # of a sentence: the work that one takes is bounded, and what stands behind is not read
POSSESSIVE = "'s"  # a word of its own, so that "Mary's" tells of Mary
CONTRACTED = frozenset(  # where it is short for 'is', 'has' or 'us'
    ["it", "that", "this", "what", "who", "where", "when", "why", "how", "here", "there", "let", "he", "she"]
)
_BREAKS = re.compile(r"[–—\x00-\x1f\x7f-\x9f]|--+")  # dashes, and control characters
_EDGES = string.punctuation + "\u037e\u1fef…«»“”‘’„¿¡。，？！।"
_INSIDE = re.compile(r"""[][(){}!?;\u037e"…«»“”„¿¡。，？！।]|\.\.+|(?<!\d),|,(?!\d)""")  # a space left out
_INITIALS = re.compile("[a-z](,[a-z])+", re.IGNORECASE)  # a way to go, as "s,e": one word


@lru_cache(maxsize=65536)
def tokenize(sentence: str) -> tuple[str, ...]:
    """The words of a sentence, case folded, without the punctuation around them.

    Words are split at white space, control characters, dashes, brackets, quotation marks and the ends of
    sentences and clauses, and stripped at both ends, so that "don't", "3.5", "1,000" and "mother-in-law" stay
    whole in any script; only the 's of a possessive is a word of its own. Every apostrophe becomes a straight
    one. A sentence of punctuation alone has no words, and of a very long one only the first MOST_WORDS are
    read.

    >>> tokenize("Where is Mary's book?")
    ('where', 'is', 'mary', "'s", 'book')
    """
    return _words(unicodedata.normalize("NFC", sentence).casefold().replace("’", "'"))


def spell(sentence: str) -> tuple[str, ...]:
    """The words of `tokenize`, one for one, to the letter as they were written.

    >>> spell("Where is Mary's book?")
    ('Where', 'is', 'Mary', "'s", 'book')
    """
    return _words(sentence)


def is_cut(sentence: str) -> bool:
    """Whether the sentence is longer than what is read of it."""
    pieces = _pieces(sentence)
    return len(pieces) > MOST_WORDS or sum(1 for piece in pieces for _ in _split(piece)) > MOST_WORDS


def _words(sentence: str) -> tuple[str, ...]:
    return tuple(
        islice((word for piece in _pieces(sentence)[:MOST_WORDS] for word in _split(piece)), MOST_WORDS)
    )


def _pieces(sentence: str) -> list[str]:
    """What stands between white space and breaks; the rest, if any, is one more."""
    return _BREAKS.sub(" ", sentence).split(None, MOST_WORDS)


def _split(piece: str) -> Iterator[str]:
    parts = [piece] if _INITIALS.fullmatch(piece.strip(_EDGES)) else _INSIDE.split(piece)
    return (word for part in parts for word in _owned(part))


def _owned(piece: str) -> Iterator[str]:
    """A word, or the one whose 's it is and that."""
    word = piece.rstrip(_EDGES)
    owner = word[:-2].strip(_EDGES)
    if word[-2:-1] in ("'", "’") and word[-1:].casefold() == "s" and owner.casefold() not in CONTRACTED:
        yield from _owned(owner)
        yield word[-2:]
    elif word := word.lstrip(_EDGES):
        yield word


def fold(text: str) -> str:
    """Text as it is compared: the words of `tokenize`, joined by single spaces."""
    return " ".join(tokenize(text))
