"""Sentences of a text: where one ends and the next begins."""

import re
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate, chain

from memnn.story import Story

_ENDS = re.compile(r"""[.!?]+["'”’)\]]*\s*|[。！？।]+["'”’」』)\]]*\s*""")
_OPENS = "\"'“‘„«(["
_SHORT = frozenset(  # what a full stop does not end a sentence after, beside single letters
    ["mr", "mrs", "ms", "dr", "st", "prof", "jr", "sr", "vs", "mt", "gen", "col", "capt", "lt", "rev"]
)


@lru_cache(maxsize=65536)
def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, at least one.

    One ends at a full stop, a question mark or an exclamation mark, of any script, that white space follows,
    and then no small letter; not after a title or an initial. Where the white space was forgotten, small
    letters stand before it and a capital letter behind.

    >>> split_sentences("Mary is Dr. Hill's wife. She has a son, Tom.")
    ("Mary is Dr. Hill's wife.", 'She has a son, Tom.')
    """
    sentences, start = [], 0
    for end in _ENDS.finditer(text):
        following = text[end.end() : end.end() + 9].lstrip(_OPENS)[:1]
        before = re.findall(r"\w+", text[max(start, end.start() - 9) : end.start()])
        last = before[-1].casefold() if before else ""
        short = end[0][0] == "." and (last in _SHORT or (len(last) == 1 and last.isalpha()))
        spaced = end[0][-1].isspace() or end[0][0] not in ".!?"
        touching = text[max(start, end.start() - 2) : end.start()]
        forgotten = following.isupper() and touching.isalpha() and touching.islower()
        if following and not following.islower() and last and not short and (spaced or forgotten):
            sentences.append(text[start : end.end()].rstrip())
            start = end.end()
    return (*sentences, text[start:])


def in_sentences(story: Story) -> Story:
    """The story with a fact for every sentence; what a fact of several supported, all of them support."""
    told = [split_sentences(fact) for fact in story.facts]
    if all(len(sentences) == 1 for sentences in told):
        return story
    starts = [0, *accumulate(map(len, told))]
    supporting = [n for index in story.supporting for n in range(starts[index], starts[index + 1])]
    return replace(story, facts=tuple(chain.from_iterable(told)), supporting=tuple(supporting))
