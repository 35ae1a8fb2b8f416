"""Whether simulated stories stand for the official ones: MemN2N trained on each, tested on both.

    python benchmarks/transfer.py DATA/babi/en-valid-10k     a quarter of an hour on one core

As many questions of each task from either source; task 3, of which the folder has no training file,
is left out. The setting is that of the demo.
"""

import sys
import tempfile
from pathlib import Path

from memnn.question_answering.answering import QuestionAnswerer
from memnn.question_answering.metrics import Evaluation, evaluate
from memnn.question_answering.plan import make_plan
from memnn.question_answering.reading import read_stories
from memnn.question_answering.training import train_stories
from memnn.story import Story
from memnn.worlds import simulate

TASKS = tuple(str(task) for task in range(1, 21) if task != 3)
CONFIG = Path(__file__).parent.parent / "configs" / "demo.toml"
EPOCHS = 5


def simulated(questions: int, seed: int) -> list[Story]:
    return [story for task in TASKS for story in simulate(task, questions, seed)]


def main(folder: str) -> None:
    train = {"official": read_stories(folder, "train", TASKS), "simulated": simulated(9000, seed=1)}
    valid = {"official": read_stories(folder, "valid", TASKS), "simulated": simulated(1000, seed=2)}
    plan = make_plan(CONFIG, options={"epochs": EPOCHS, "minutes": 0.0})
    results: dict[tuple[str, str], Evaluation] = {}
    for source, stories in train.items():
        with tempfile.TemporaryDirectory() as out:
            train_stories(stories, [], Path(out) / "run", plan)
            net = QuestionAnswerer.from_pretrained(Path(out) / "run")
        for target, asked in valid.items():
            results[source, target] = evaluate(net, asked)
            print(
                f"trained on {source}, tested on {target}: {results[source, target].mean_error:.2f} %",
                flush=True,
            )
    print("\nerror % by task, trained -> tested")
    print("task  " + "  ".join(f"{source[:3]}->{target[:3]}" for source, target in results))
    for task in TASKS:
        print(f"{task:>4}  " + "  ".join(f"{result.tasks[task]:8.1f}" for result in results.values()))


if __name__ == "__main__":
    main(sys.argv[1])
