"""How training's dialogues go on: what a live conversation needs beside the replies themselves."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from memnn.conversation import SILENCE, Dialogue, Row, Turn
from memnn.dialogue.habits import describe_habits
from memnn.text.tokenizer import tokenize


def describe_flow(dialogues: Sequence[Dialogue], vocabulary: Any) -> dict[str, Any]:
    """What `config.json` says of the training dialogues.

    talks_on        kinds of replies behind which the user is mostly silent, so that the bot speaks again
    asks            kinds of replies that never come behind rows: what a request is made of
    no_result       whether the knowledge base ever says that a query found nothing
    result_sets     how often, at most, rows come in a dialogue
    begins          whether the bot speaks first
    user_words      what users say
    arguments       the properties that the words of a query are values of

    and what `describe_habits` says of the turns of users.
    """
    silent: Counter[str] = Counter()
    heard: Counter[str] = Counter()
    words: set[str] = set()
    behind: set[str] = set()
    most, no_result, begins = 0, False, 0
    for dialogue in dialogues:
        sets, last = 0, ""
        turns = [event for event in dialogue.events if isinstance(event, Turn)]
        begins += turns[0].text == SILENCE if turns else 0
        before: type = Turn
        for event in dialogue.events:
            sets += isinstance(event, Row) and before is Turn
            before = type(event)
            if isinstance(event, Row):
                continue
            no_result |= event.speaker == "kb"
            if event.speaker == "bot":
                last = vocabulary.reply_kind(event.text)
                heard[last] += 0
                behind |= {last} if sets else set()
            elif event.speaker == "user":
                words.update(tokenize(event.text))
            if event.speaker == "user" and last:
                heard[last] += 1
                silent[last] += event.text == SILENCE
        most = max(most, sets)
    return {
        "talks_on": sorted(kind for kind in heard if silent[kind] > heard[kind] / 2),
        "asks": sorted(heard.keys() - behind),
        "no_result": no_result,
        "result_sets": most,
        "begins": begins > len(dialogues) / 2,
        "user_words": sorted(words),
        "arguments": list(vocabulary.arguments),
        **describe_habits(dialogues, vocabulary),
    }
