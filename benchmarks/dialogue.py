"""What a reply costs, by the number of lines in memory: `python benchmarks/dialogue.py RUN KNOWLEDGE_BASE`.

The rows of so many things are told to the bot, and the time of its next reply is taken, with and without
evidence; best of five, in CPU time of one thread.
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch

from memnn.conversation import SILENCE, Dialogue, Turn
from memnn.dialogue.bot import Bot
from memnn.dialogue.knowledge import read_knowledge


def main(run: str, path: str) -> None:
    """Print a line for each number of lines in memory."""
    torch.set_num_threads(1)
    bot, base = Bot.from_pretrained(run), read_knowledge(Path(path))
    rows = base.rows()
    for lines in (10, 100, 500):
        dialogue = Dialogue((*rows[:lines], Turn("user", SILENCE), Turn("bot", "")))
        spent = {}
        for evidence in (False, True):
            times = []
            for _ in range(5):
                start = time.process_time()
                tensors = bot.network.tensors([dialogue], bot.vocabulary)
                bot.network.reply(tensors, np.array([0]), evidence)
                times.append(time.process_time() - start)
            spent[evidence] = 1000 * min(times)
        print(f"{lines:4} lines in memory: {spent[False]:.1f} ms, with evidence {spent[True]:.1f} ms")


if __name__ == "__main__":
    main(*sys.argv[1:])
