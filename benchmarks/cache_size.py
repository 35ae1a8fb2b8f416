"""Draw how perplexity falls with the size of the cache, and what one prediction looked at.

    python benchmarks/cache_size.py RUN DATA/wikitext-2 FOLDER [WORDS]

Writes cache-size.png and evidence.png into FOLDER, measured on so many words (20,000) from the
beginning of the validation text.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import memnn
from memnn.language_modelling.corpus import encode, read_lines
from memnn.language_modelling.perplexity import losses_without_cache, read_stretches
from memnn.language_modelling.reader import LanguageModel, NextWord

SIZES = (10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000)
SHOWN, LINE = 120, 86  # words of text in the picture, letters a line


@torch.no_grad()
def perplexities(lm: LanguageModel, text: np.ndarray) -> dict[int, float]:
    """By size of the cache, 0 for none, from one pass."""
    cache = lm.network.output_map
    losses: dict[int, list[torch.Tensor]] = {size: [] for size in (0, *SIZES)}
    for stretch in read_stretches(lm.network, text, lm.words.end, len(text)):
        response = losses_without_cache(lm.network, stretch)
        losses[0].append(response)
        there = stretch.memory.words == stretch.following[:, None]
        for size in SIZES:
            said = (cache(stretch.states, stretch.memory, stretch.before, size) * there).sum(-1)
            mixed = cache.mix(response.neg().exp(), said, (stretch.before > 0).float())
            losses[size].append(-mixed.log())
    return {size: float(torch.cat(parts).mean().exp()) for size, parts in losses.items()}


def draw_sizes(found: dict[int, float], words: int, path: Path) -> None:
    """Perplexity against size."""
    figure = Figure(figsize=(6, 3.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    sizes = [size for size in SIZES if size <= words]
    axes.plot(sizes, [found[size] for size in sizes], marker="o", label="with cache")
    axes.axhline(found[0], color="gray", linestyle=":", label="without")
    axes.set(xscale="log", xlabel="words remembered", ylabel=f"perplexity of {words:,} words")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=110)


def find_prediction(lm: LanguageModel, text: np.ndarray) -> tuple[NextWord, list[str]]:
    """Of the last words of a passage, the rare one that its memory helped most, and the words before it."""
    best, found = 0.0, None
    lm.reset()
    lm.read_ids(text[:SHOWN].tolist())
    for index in text[SHOWN : 2 * SHOWN].tolist():
        word = lm.words.words[index]
        said = next((w for w in lm.next_words(20) if w.word == word), None)
        if said is not None and index > 2000:  # common words say little
            gained = said.probability * sum(e.weight for e in said.evidence)
            if gained > best:
                best, found = gained, (said, list(lm.text))
        lm.read_ids([index])
    assert found is not None, "no prediction rests on the memory"
    return found


def draw_evidence(said: NextWord, words: list[str], path: Path) -> None:
    """The text as it was read; what the prediction rests on is marked, the darker the more."""
    weights = {e.position: e.weight for e in said.evidence}
    first = max(0, min(weights) - 20)
    lines: list[list[tuple[int, str]]] = [[]]
    for position, word in enumerate(words[first:], first):
        if sum(len(w) + 1 for _, w in lines[-1]) + len(word) > LINE:
            lines.append([])
        lines[-1].append((position, word))
    figure = Figure(figsize=(6.95, 0.6 + 0.24 * (len(lines) + 1)))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.01, 0.01, 0.98, 0.98))
    axes.set(xlim=(0, LINE + 4), ylim=(-len(lines) - 2, 1))
    axes.axis("off")
    style = {"family": "monospace", "fontsize": 9, "va": "center"}
    for row, line in enumerate(lines):
        column = 0
        for position, word in line:
            if position in weights:
                shade = 0.15 + 0.85 * weights[position] / max(weights.values())
                box = {"facecolor": (1, 0.6, 0.1, shade), "edgecolor": "none", "pad": 1.5}
                axes.text(column, -row, word, bbox=box, **style)
            else:
                axes.text(column, -row, word, color="0.35", **style)
            column += len(word) + 1
    share = 100 * sum(weights.values())
    title = (
        f"next word: {said.word}  ({100 * said.probability:.0f} %, {share:.0f} % of it from the marked words)"
    )
    axes.text(0, -len(lines) - 0.8, title, weight="bold", **style)
    figure.savefig(path, dpi=110)


def main() -> None:
    """Measure, print, draw."""
    run, data, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    words = int(sys.argv[4]) if len(sys.argv) > 4 else 20_000
    lm = memnn.load(run, counts=False)
    lm.use_threads()
    text = encode(read_lines(data, "valid"), lm.words)[:words]
    found = perplexities(lm, text)
    for size, perplexity in found.items():
        print(f"{size:7} words remembered: {perplexity:.1f}")
    draw_sizes(found, len(text), folder / "cache-size.png")
    draw_evidence(*find_prediction(lm, text), folder / "evidence.png")


if __name__ == "__main__":
    main()
