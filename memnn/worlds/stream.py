"""A story as it is heard: one row of words, without full stops (Weston, Chopra, Bordes 2014, section 3.2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from memnn.story import Story


@dataclass(frozen=True)
class Stream:
    """The words, and what a listener may be taught about them."""

    segments: tuple[tuple[str, ...], ...]  # statements and questions, as they truly are
    questions: tuple[bool, ...]  # which segments are questions
    supporting: tuple[bool, ...]  # which segments some question rests on

    @property
    def words(self) -> tuple[str, ...]:
        """All words in a row: all that is heard."""
        return tuple(word for segment in self.segments for word in segment)


def stream(stories: Sequence[Story]) -> Stream:
    """The questions about one story, in order, as one stream: facts, a question, more facts ...

    Words are in lower case, full stops and question marks left out. Raises ValueError where the
    facts of a question do not begin with those of the one before.
    """
    segments: list[tuple[str, ...]] = []
    questions: list[int] = []
    facts: list[int] = []  # the segment of each fact
    told: tuple[str, ...] = ()
    for story in stories:
        if story.facts[: len(told)] != told:
            raise ValueError(f"{story.question!r} is not about the story of the questions before it")
        for fact in story.facts[len(told) :]:
            facts.append(len(segments))
            segments.append(_words(fact))
        questions.append(len(segments))
        segments.append(_words(story.question))
        told = story.facts
    supporting = {facts[index] for story in stories for index in story.supporting}
    return Stream(
        tuple(segments),
        tuple(i in questions for i in range(len(segments))),
        tuple(i in supporting for i in range(len(segments))),
    )


def _words(sentence: str) -> tuple[str, ...]:
    return tuple(sentence.lower().rstrip(".?").split())
