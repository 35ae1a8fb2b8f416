"""Show a trained network answering stories it has not seen: question, answer, probability, evidence by hop.

The last is a story whose names occur nowhere in the training stories.

python examples/show_answers.py runs/demo runs/demo-stories 2,12,15
"""

import sys

import memnn
from memnn.cli.ask import why
from memnn.question_answering.metrics import is_right
from memnn.question_answering.reading import read_stories
from memnn.tasks import parse_tasks

STRANGERS = ("Bilbo got the ring there.", "Gollum moved to the lake.", "Bilbo went to the mountain.")
ASKED = "Where is the ring?"


def main(run: str = "runs/demo", data: str = "runs/demo-stories", tasks: str = "2,12,15") -> None:
    net = memnn.load(run)
    for task in parse_tasks(tasks):
        story = next(story for story in read_stories(data, "test", [task]) if len(story.facts) > 3)
        telling = net.story(task)
        telling.tell(*story.facts)
        answer = telling.ask(story.question)
        print(f"\nTask {task}")
        for number, fact in enumerate(story.facts, start=1):
            print(f"  {number:3}  {fact}")
        verdict = "right" if is_right(answer, story) else f"wrong, it is {story.answer_text}"
        print(f"  {story.question}\n  -> {answer.text}  ({100 * answer.probability:.0f} %; {verdict})")
        print("\n".join(why(answer)))
    if not net.tasks or "2" in net.tasks:
        telling = net.story("2")
        telling.tell(*STRANGERS)
        answer = telling.ask(ASKED)
        print("\nNames never heard in training")
        print("\n".join(f"  {number:3}  {fact}" for number, fact in enumerate(STRANGERS, start=1)))
        print(f"  {ASKED}\n  -> {answer.text}  ({100 * answer.probability:.0f} %)")
        print("\n".join(why(answer)))


if __name__ == "__main__":
    main(*sys.argv[1:])
