import random

import pytest

from memnn.worlds.adventure import KINDS, adventure
from memnn.worlds.stream import stream


def test_stream_is_the_story_without_stops():
    stories = adventure(random.Random(7), 5, 5, KINDS)
    heard = stream(stories)
    said = [
        fact
        for older, newer in zip([(), *(story.facts for story in stories)], stories)
        for fact in (*newer.facts[len(older) :], newer.question)
    ]
    assert " ".join(heard.words) == " ".join(said).replace(".", "").replace("?", "").lower()
    assert [" ".join(words) for words in heard.segments] == [text.rstrip(".?").lower() for text in said]
    assert list(heard.questions) == [text.endswith("?") for text in said]
    facts = [segment for segment, asked in zip(heard.segments, heard.questions) if not asked]
    supporting = {index for story in stories for index in story.supporting}
    wanted = [facts[index] for index in sorted(supporting)]
    assert [words for words, yes in zip(heard.segments, heard.supporting) if yes] == wanted


def test_stream_of_two_stories_is_refused():
    stories = adventure(random.Random(8), 10)
    with pytest.raises(ValueError, match="story"):
        stream(stories)


def test_stream_of_nothing():
    assert stream([]).words == ()
