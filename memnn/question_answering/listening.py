"""Listen to words that come without full stops: a segmenter learnt from stories (Weston et al. 2014, 3.2)."""

from collections.abc import Iterable, Sequence

import torch

from memnn.input_map.segmenter import Segmenter, examples, fit
from memnn.story import Story
from memnn.text.tokenizer import spell, tokenize
from memnn.text.vocabulary import Vocabulary


class Listener:
    """Cuts a row of words into the facts and questions that it was told in.

    >>> listener = Listener.learn(stories)
    >>> story = net.story()
    >>> for sentence in listener.sentences("John went to the garden where is John"):
    ...     if story.sounds_like_a_question(sentence):
    ...         print(story.ask(sentence).text)
    ...     else:
    ...         story.tell(sentence)
    """

    def __init__(self, segmenter: Segmenter, vocabulary: Vocabulary) -> None:
        self.segmenter, self.vocabulary = segmenter, vocabulary

    @classmethod
    def learn(cls, stories: Sequence[Story], seed: int = 0) -> "Listener":
        """From where sentences end in stories: known are the supporting facts and the questions alone."""
        vocabulary = Vocabulary.of_stories(stories)
        heard = (
            ([vocabulary.ids(tokenize(sentence)) for sentence in sentences], known)
            for sentences, known in _tellings(stories)
        )
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            segmenter = Segmenter(len(vocabulary))
        fit(segmenter, *examples(heard))
        return cls(segmenter.eval(), vocabulary)

    def sentences(self, words: str) -> list[str]:
        """The sentences of a row of words, in order. Words after the last are a sentence not yet ended."""
        pieces = words.split()  # one at a time, as a sentence has an end and what is heard need not
        spelled = [word for piece in pieces for word in spell(piece)]
        heard = [word for piece in pieces for word in tokenize(piece)]
        found, start = [], 0
        for segment in self.segmenter.segment(self.vocabulary.ids(heard)):
            found.append(" ".join(spelled[start : start + len(segment)]))
            start += len(segment)
        return found


def _tellings(stories: Iterable[Story]) -> list[tuple[list[str], list[bool]]]:
    """Each story as it was told: facts and questions in order, and which of them are known for sentences."""
    tellings: list[tuple[list[str], list[bool]]] = []
    told: tuple[str, ...] = ()
    places: list[int] = []  # of the facts
    for story in stories:
        if not tellings or story.facts[: len(told)] != told:
            tellings.append(([], []))
            told, places = (), []
        sentences, known = tellings[-1]
        for fact in story.facts[len(told) :]:
            places.append(len(sentences))
            sentences.append(fact)
            known.append(False)
        sentences.append(story.question)
        known.append(True)
        for index in story.supporting:
            known[places[index]] = True
        told = story.facts
    return tellings
