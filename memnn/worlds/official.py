"""The official text format of the bAbI tasks, as read by `memnn.question_answering.babi`."""

from collections.abc import Iterable
from io import TextIOBase

from memnn.story import Story


def write_official(stories: Iterable[Story], file: TextIOBase) -> None:
    r"""Write stories, the facts and the questions of each in the order told, numbered from 1.

        1 Mary moved to the bathroom.
        2 Where is Mary?\tbathroom\t1

    Questions in a row belong to one story if they share its id and the facts of the one before
    begin those of the next. The answers of a list are joined by commas, the numbers of supporting
    facts by spaces. Raises ValueError for a tab or a line break in the text, which has no place
    in this format.
    """
    before: Story | None = None
    lines: list[int] = []  # the line of each fact
    number = 0
    for story in stories:
        if before is None or story.id != before.id or story.facts[: len(lines)] != before.facts:
            lines, number = [], 0
        for fact in story.facts[len(lines) :]:
            number += 1
            lines.append(number)
            file.write(f"{number} {_plain(fact)}\n")
        number += 1
        supporting = " ".join(str(lines[index]) for index in story.supporting)
        file.write(f"{number} {_plain(story.question)}\t{_plain(story.answer_text)}\t{supporting}\n")
        before = story


def _plain(text: str) -> str:
    if "\t" in text or "\n" in text or "\r" in text:
        raise ValueError(f"a tab or a line break cannot be written: {text!r}")
    return text
