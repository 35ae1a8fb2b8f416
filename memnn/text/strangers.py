"""The words of one story as numbers: those of the vocabulary, and the strangers of this story."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from memnn.text.tokenizer import spell, tokenize
from memnn.text.vocabulary import NIL, UNKNOWN, Vocabulary, answer_entry


class StoryWords:
    """Ids for the words of a story as it is told.

    A word that the vocabulary lacks is a stranger. The story's first gets the id after the
    vocabulary's last, the next the one after it, and each keeps its id wherever it stands in the story;
    in another story the same id is another word. Strangers beyond `most` are UNKNOWN, all alike.
    """

    def __init__(self, vocabulary: Vocabulary, most: int = 0) -> None:
        self.vocabulary, self._most = vocabulary, most
        self._strangers: dict[str, int] = {}
        self._spelling: list[str] = []  # of each stranger where it was met first

    def copy(self) -> "StoryWords":
        """The same words; what is heard later is not shared."""
        other = StoryWords(self.vocabulary, self._most)
        other._strangers, other._spelling = self._strangers.copy(), self._spelling.copy()
        return other

    def ids(self, sentence: str) -> list[int]:
        """The ids of a sentence's words; strangers are met here."""
        words = tokenize(sentence)
        ids = self.vocabulary.ids(words)
        if not self._most or UNKNOWN not in ids:
            return ids
        for place, (word, spelled) in enumerate(zip(words, spell(sentence))):
            if ids[place] == UNKNOWN:
                if word not in self._strangers and len(self._strangers) < self._most:
                    self._strangers[word] = len(self.vocabulary) + len(self._strangers)
                    self._spelling.append(spelled)
                ids[place] = self._strangers.get(word, UNKNOWN)
        return ids

    def key(self, sentence: str) -> str | tuple[int, ...]:
        """What is the same for sentences that mean the same in any story: the text, or the ids of
        one with strangers.
        """
        ids = self.ids(sentence) if self._most else []
        return tuple(ids) if max(ids, default=0) >= len(self.vocabulary) else sentence

    def id(self, answer: Sequence[str]) -> int:
        """The entry of an answer, or the stranger it is, or UNKNOWN."""
        entry = answer_entry(answer)
        known = self.vocabulary.id(entry)
        return known if known != UNKNOWN else self._strangers.get(entry, UNKNOWN)

    def spelled(self, index: int) -> str:
        """An entry, or a stranger, as people write it."""
        stranger = index - len(self.vocabulary)
        return self.vocabulary.spelled(index) if stranger < 0 else self._spelling[stranger]

    def say(self, scores: Float[Tensor, " entries"], candidates: Sequence[str] = ()) -> tuple[str, float]:
        """The best answer and its probability; among the known candidates, where some are given."""
        if candidates:
            allowed = torch.zeros_like(scores, dtype=torch.bool)
            allowed[[self.id([candidate]) for candidate in candidates]] = True
            allowed[[NIL, UNKNOWN]] = False
            if not allowed.any():
                return self.spelled(UNKNOWN), 0.0
            scores = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min)
        probability, index = scores.softmax(-1).max(-1)
        return self.spelled(int(index)), float(probability)
