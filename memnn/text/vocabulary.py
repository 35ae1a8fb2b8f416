"""Words as numbers. Built from the training split only."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from memnn.story import Story
from memnn.text.tokenizer import POSSESSIVE, fold, tokenize

NIL = 0  # pads sentences; its vector is kept at zero
UNKNOWN = 1  # any word not seen in training
_RESERVED = ("<nil>", "<unknown>")


class Vocabulary:
    """A closed list of words with their ids, and how answers are spelled for people.

    An answer of several words, or a list ("apple,milk"), is an entry of its own beside the
    words (Sukhbaatar et al. 2015, section 4.1).
    """

    def __init__(self, words: Iterable[str], spelling: Mapping[str, str] | None = None) -> None:
        """Keep the words in the order given, without repeats, after the nil and unknown words."""
        self.words: tuple[str, ...] = tuple(dict.fromkeys([*_RESERVED, *words]))
        self.spelling = dict(spelling or {})
        self._ids = {word: index for index, word in enumerate(self.words)}

    @classmethod
    def of_stories(cls, stories: Iterable[Story], *, written: bool = False) -> "Vocabulary":
        """Every word and every answer of the stories, commonest spelling of each answer kept.

        The words of answers too where answers are `written` word by word.
        """
        sentences: dict[str, None] = {}
        said: dict[str, None] = {}
        answers: Counter[tuple[str, str]] = Counter()
        for story in stories:
            sentences.update(dict.fromkeys(story.facts))
            sentences[story.question] = None
            answers[answer_entry(story.answer), story.answer_text] += 1
            if written:
                said.update(dict.fromkeys(answer_words(story.answer)))
        words = dict.fromkeys(word for sentence in sentences for word in tokenize(sentence))
        spelling: dict[str, str] = {}
        for (entry, spelled), _ in answers.most_common():
            spelling.setdefault(entry, spelled)
        return cls([*words, *spelling, *said], spelling)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Vocabulary":
        """What `to_json` wrote. Raises LookupError or TypeError when it is something else."""
        return cls(content["words"], content["spelling"])

    def to_json(self) -> dict[str, Any]:
        """All of it, readable."""
        return {"words": self.words, "spelling": self.spelling}

    @property
    def sizes(self) -> tuple[int]:
        """What a model is built for: the number of words."""
        return (len(self.words),)

    def describe(self) -> list[str]:
        """What it holds, in lines for people."""
        return [f"vocabulary  {len(self)} words"]

    def untold(self, question: str, facts: Sequence[str]) -> tuple[str, ...]:
        """Names in the question that no fact tells of: none, as here a name is a word like another."""
        return ()

    def unasked(self, question: str) -> bool:
        """Whether no question of training was worded like this one: not known, as wordings are not kept."""
        return False

    def can_answer(self, story: Story) -> bool:
        """Whether the story's answer is one of training."""
        return answer_entry(story.answer) in self

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def id(self, word: str) -> int:
        """The word's id, or UNKNOWN."""
        return self._ids.get(word, UNKNOWN)

    def ids(self, words: Sequence[str]) -> list[int]:
        """Ids of several words."""
        return [self._ids.get(word, UNKNOWN) for word in words]

    def spelled(self, index: int) -> str:
        """The entry as people write it; 'unknown' for the reserved ones."""
        word = self.words[index]
        return "unknown" if word in _RESERVED else self.spelling.get(word, word)

    def sentence(self, ids: Sequence[int]) -> str:
        """Words written one by one, padded with NIL behind, as people write them; 'unknown' for none."""
        text = " ".join(self.words[index] for index in ids if index != NIL)
        return self.spelling.get(text, text) or "unknown"


def answer_entry(answer: Sequence[str]) -> str:
    """The vocabulary's entry for an answer: case folded, the items of a list joined by commas.

    Of one who owns something, "Mary's" and "Mary" are the same; and so are a list and its items in one text.
    """
    items = [item for text in answer for item in re.split(r",(?=\S)", text)]
    return ",".join(fold(item).removesuffix(f" {POSSESSIVE}") for item in items)


def answer_words(answer: Sequence[str]) -> tuple[str, ...]:
    """The words of an answer as they are written one by one; those of a list are one, its entry."""
    entry = answer_entry(answer)
    return tuple(entry.split()) if len(answer) == 1 else (entry,)
