"""Questions a second that each simulated world writes, on one core: `python benchmarks/worlds.py`."""

import time

from memnn.worlds import BABI, WORLDS, simulate

QUESTIONS = 10_000
GOAL = 10_000  # a second, on average over the tasks


def rate(task: str) -> float:
    """Questions a second, stories included, nothing written to disk."""
    start = time.perf_counter()
    written = sum(1 for _ in simulate(task, QUESTIONS, seed=0))
    return written / (time.perf_counter() - start)


def main() -> None:
    """Print a line for each task, then the means."""
    rates = {task: rate(task) for task in BABI}
    for task, speed in rates.items():
        print(f"{task:>8}  {WORLDS[task].name:<25} {speed:>8,.0f} questions/s")
    mean = sum(rates.values()) / len(rates)
    same_number = len(rates) / sum(1 / speed for speed in rates.values())
    print(f"mean of the rates {mean:,.0f}, goal {GOAL:,}; the same number of each task {same_number:,.0f}")


if __name__ == "__main__":
    main()
