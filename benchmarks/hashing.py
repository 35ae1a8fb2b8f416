"""What hashing saves: facts looked at and time by the number of facts in memory.

Plain reading scores every fact, s(q, y) = Φ(q)ᵀUᵀU Φ(y); word hashing those that share a word with
the question; cluster hashing those that share a cluster of words (Weston, Chopra, Bordes 2014, sections
3.3 and 5.1). The facts are a made-up encyclopaedia (memnn/worlds/triples.py), asked about in other words
than they are told in. U is learnt once, from questions about facts drawn anew at each step.

    python benchmarks/hashing.py                       about three minutes on one core, 1.3 GB
    python benchmarks/hashing.py --facts 10000         a smaller world, seconds
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from memnn.output_map.hashing import ClusterHash, WordHash, hard_read
from memnn.output_map.word_clusters import k_means, nearest_clusters
from memnn.worlds.triples import FIRST_WORD, Triples, triples

Row = dict[str, float]
KINDS = ("plain", "word", "cluster")


class Alike:
    """Other facts with the same relation, or the same object."""

    def __init__(self, meaning: np.ndarray) -> None:
        self.meaning, self.order = meaning, np.argsort(meaning, kind="stable")
        self.count = np.bincount(meaning)
        self.start = self.count.cumsum() - self.count

    def draw(self, rng: np.random.Generator, facts: np.ndarray) -> np.ndarray:
        meaning = self.meaning[facts]
        return self.order[self.start[meaning] + (rng.random(len(facts)) * self.count[meaning]).astype(int)]


def learn(world: Triples, dim: int, steps: int, batch: int = 512, rate: float = 0.2) -> torch.Tensor:
    """U: each question must score its own fact above those of the other questions of the batch, and above
    facts of the same relation and of the same object. Rare entities are asked about more often than told of.
    """
    rng = np.random.default_rng(1)
    table = torch.nn.EmbeddingBag(len(world.words), dim, mode="sum", sparse=True, padding_idx=0)
    with torch.no_grad():
        table.weight.normal_(0, dim**-0.5)[0] = 0
    optimizer = torch.optim.Adagrad(table.parameters(), lr=rate)
    same_relation, same_object = (Alike(column) for column in world.meaning.T)
    share = np.cumsum(same_object.count[world.meaning[:, 1]] ** -0.5)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = rate * (1 - step / steps)
        asked = np.searchsorted(share, rng.random(batch) * share[-1])
        told = np.concatenate([asked, same_relation.draw(rng, asked), same_object.draw(rng, asked)])
        scores = table(torch.from_numpy(world.ask(rng, asked))) @ table(torch.from_numpy(world.facts[told])).T
        also_right = torch.from_numpy((world.meaning[asked][:, None] == world.meaning[told][None]).all(-1))
        scores = scores.masked_fill(also_right.fill_diagonal_(False), -torch.inf)
        loss = torch.nn.functional.cross_entropy(scores, torch.arange(batch))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return table.weight.detach()


def embed(table: torch.Tensor, words: np.ndarray) -> torch.Tensor:
    """UΦ: the sum of the words' vectors."""
    return torch.nn.functional.embedding_bag(torch.from_numpy(words), table, mode="sum", padding_idx=0)


def measure(
    world: Triples,
    keys: torch.Tensor,
    table: torch.Tensor,
    asked: np.ndarray,
    look: Callable[[list[int]], np.ndarray | None],
) -> tuple[Row, np.ndarray]:
    """Facts looked at and milliseconds a question (of processor time), and which answers were right."""
    questions = world.ask(np.random.default_rng(2), asked)
    vectors = embed(table, questions)
    looked, read = 0, []
    started = time.process_time()
    for question, vector in zip(questions.tolist(), vectors):
        candidates = look(question)
        looked += len(keys) if candidates is None else len(candidates)
        slot = hard_read(vector, keys, candidates)
        read.append(-1 if slot is None else slot)
    milliseconds = 1000 * (time.process_time() - started) / len(asked)
    return {"looked": looked / len(asked), "ms": milliseconds}, world.is_right(asked, np.array(read))


def compare(world: Triples, table: torch.Tensor, clusters: np.ndarray, questions: int) -> list[Row]:
    """A row for 10 facts, 100, ... up to all; each memory is the one before with more facts written."""
    keys, told = embed(table, world.facts), 0
    word_hash, cluster_hash = WordHash(), ClusterHash(clusters)
    rows = []
    for facts in [10**n for n in range(1, 12) if 10**n < len(world.facts)] + [len(world.facts)]:
        for hashed in (word_hash, cluster_hash):
            hashed.add_all(world.facts[told:facts])
        told, limit = facts, max(100, facts // 80)
        asked = np.random.default_rng(facts).integers(0, facts, questions)
        row, exact = measure(world, keys[:facts], table, asked, lambda question: None)
        rows.append(
            {"facts": facts, "right": 100 * exact.mean(), **{f"plain {k}": v for k, v in row.items()}}
        )
        looks = {
            "word": lambda question, limit=limit: word_hash.candidates(question, limit),
            "cluster": lambda question, limit=limit: cluster_hash.candidates(question, limit),
        }
        for kind, look in looks.items():
            row, right = measure(world, keys[:facts], table, asked, look)
            rows[-1] |= {f"{kind} {name}": value for name, value in row.items()}
            rows[-1][f"{kind} agrees"] = 100 * (right & exact).sum() / max(1, exact.sum())
        print(line(rows[-1]), flush=True)
    return rows


def line(row: Row) -> str:
    """A row of the printed table."""
    cells = [f"{row['facts']:>9,.0f}  {row['right']:7.1f}  {row['plain ms']:8.3f}"]
    for kind in KINDS[1:]:
        looked, saved = row[f"{kind} looked"], row["facts"] / max(row[f"{kind} looked"], 1)
        cells.append(
            f"{looked:9,.0f}  1/{saved:<6.0f} {row[f'{kind} ms']:7.3f}  {row[f'{kind} agrees']:7.1f}"
        )
    return "   ".join(cells)


def draw(rows: list[Row], path: Path) -> None:
    """Facts looked at, and milliseconds a question, against facts in memory."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    facts = [row["facts"] for row in rows]
    panels = [("looked", "facts looked at for a question"), ("ms", "milliseconds a question")]
    for axes, (measured, label) in zip(figure.subplots(1, 2), panels):
        for kind, marker in zip(KINDS, "os^"):
            axes.loglog(facts, [row[f"{kind} {measured}"] for row in rows], marker=marker, label=kind)
        axes.set(xlabel="facts in memory", ylabel=label)
        axes.grid(alpha=0.3)
    axes.legend(title="hashing")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def main() -> None:
    """Make the world, learn, hash, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--entities", type=int, default=100_000)
    parser.add_argument("--relations", type=int, default=1000)
    parser.add_argument("--dim", type=int, default=128)
    parser.add_argument("--steps", type=int, default=1500, help="of learning, 512 questions each")
    parser.add_argument("--clusters", type=int, default=2000)
    parser.add_argument("--probes", type=int, default=2, help="clusters a word of a question looks into")
    parser.add_argument("--questions", type=int, default=500, help="for each size of memory")
    parser.add_argument("--figure", type=Path, default=Path("docs/figures/hashing.png"))
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    world = triples(np.random.default_rng(0), args.facts, args.entities, args.relations)
    print(f"{args.facts:,} facts, {len(world.words):,} words ({time.process_time():.0f} s)", flush=True)
    table = learn(world, args.dim, args.steps)
    print(f"learnt ({time.process_time():.0f} s)", flush=True)
    centres = k_means(table[FIRST_WORD:], args.clusters, rounds=5)
    clusters = nearest_clusters(table, centres, args.probes).numpy()
    print(f"clustered ({time.process_time():.0f} s)\n")
    print(
        " " * 9
        + "  -------- plain --   ---------- words hashed -----------   --------- clusters hashed ---------"
    )
    heads = "  ".join(["   looked", "share   ", "     ms", " agrees"])
    print(f"{'facts':>9}  right %        ms   {heads}   {heads}".rstrip(), flush=True)
    draw(compare(world, table, clusters, args.questions), args.figure)
    print(f"\nprocessor time {time.process_time():.0f} s; {args.figure}")


if __name__ == "__main__":
    main()
