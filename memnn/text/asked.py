"""Stories as those see them who judge words, by the form of their question."""

import random
from collections import defaultdict
from collections.abc import Sequence

from memnn.story import Story
from memnn.text.symbols import Symbols

SAMPLE, EACH = 400, 25  # questions of a kind looked at: so many, or for each word of the largest class


class Asked:
    """A story as the judge sees it."""

    def __init__(self, story: Story, symbols: Symbols) -> None:
        self.story = story.id or story.facts[:1]  # the same for all questions about a story
        self.facts = [symbols.parse(fact) for fact in story.facts]
        self.question = symbols.parse(story.question)
        self.answer = [symbols.entry(item) for item in ",".join(story.answer).split(",")]
        self.present = {filler for parsed in (*self.facts, self.question) for filler in parsed.fillers}

    @property
    def closed(self) -> tuple[str, ...]:
        """The answer, with '@' for every item that stands in the story."""
        return tuple("@" if item in self.present else item for item in self.answer)


def by_kind(stories: Sequence[Story], symbols: Symbols) -> dict[str, list[Asked]]:
    """The stories by the form of their question, a sample of them where there are very many."""
    kinds: dict[str, list[Story]] = defaultdict(list)
    for story in stories:
        kinds[symbols.parse(story.question).kind].append(story)
    rng = random.Random(0)
    most = max([SAMPLE, *(EACH * len(words) for words in symbols.classes)])
    chosen = {kind: some if len(some) <= most else rng.sample(some, most) for kind, some in kinds.items()}
    return {kind: [Asked(story, symbols) for story in some] for kind, some in chosen.items()}
