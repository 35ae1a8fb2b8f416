"""Dialogues about things never seen in training, made of others by renaming ('dev-OOV').

The published tst-OOV set is kept for the last; this one is like it. In every dialogue each value that
training has of a property gives way to one that training has not, and names made of such values
('resto_rome_cheap_thai_8stars') change with them. Properties whose values training has all keep them.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from memnn.conversation import Dialogue, Event, Row, Turn


def rename_unseen(
    dialogues: Sequence[Dialogue], train: Iterable[Dialogue], base: Iterable[Row], seed: int = 0
) -> list[Dialogue]:
    """The dialogues, each with values drawn anew from those of the knowledge base that `train` never says.

    A dialogue whose replies would then be no candidates is drawn again, some times. Dialogues are left as
    they are where there are fewer unseen values than they have seen ones.
    """
    said = {word for dialogue in train for event in dialogue.events for word in event.text.split()}
    values: dict[str, dict[str, None]] = defaultdict(dict)
    subjects = set()
    for row in base:
        subjects.add(row.subject)
        values[row.relation][row.value] = None
    parts = {part for subject in subjects for part in subject.split("_")}  # not names themselves
    pools = []
    for words in values.values():
        seen, unseen = ([word for word in words if (word in said) == was] for was in (True, False))
        if seen and len(unseen) >= len(seen) and set(words) <= parts:
            pools.append((seen, unseen))
    renamed = []
    for number, dialogue in enumerate(dialogues):
        rng = random.Random(f"{seed} {number}")
        for _ in range(100):
            names: dict[str, str] = {}
            for seen, unseen in pools:
                names.update(zip(seen, rng.sample(unseen, len(seen))))
            other = replace(dialogue, events=tuple(_rename(event, names) for event in dialogue.events))
            if not dialogue.candidates or set(other.reply_texts) <= set(dialogue.candidates):
                break
        renamed.append(other)
    return renamed


def _rename(event: Event, names: Mapping[str, str]) -> Event:
    def word(text: str) -> str:
        return names.get(text) or "_".join(names.get(part, part) for part in text.split("_"))

    if isinstance(event, Row):
        return Row(word(event.subject), event.relation, word(event.value))
    return Turn(event.speaker, " ".join(map(word, event.text.split(" "))))
