"""The story: facts told in order, then one question."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    """What was told before a question, the question, and what is known of its answer.

    Spelling is kept for people to see; everything that compares words ignores case.
    A story with several questions is several of these that share an `id`: each one's
    facts begin with the facts of the one before.
    """

    facts: tuple[str, ...]  # oldest first; all told before the question
    question: str
    answer: tuple[str, ...] = ()  # one entry, or several for a list; empty when not known
    supporting: tuple[int, ...] = ()  # indices into facts, from 0, in the order of the reasoning
    candidates: tuple[str, ...] = ()  # the answers to choose from; empty: any answer seen in training
    task: str = ""  # "1" to "20" for the bAbI tasks, or any name
    id: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError when a supporting index points at no fact."""
        for index in self.supporting:
            if not 0 <= index < len(self.facts):
                raise ValueError(f"supporting fact {index} of a story with {len(self.facts)} facts")

    @property
    def answer_text(self) -> str:
        """The answer as the bAbI files write it: the entries of a list joined by commas."""
        return ",".join(self.answer)
