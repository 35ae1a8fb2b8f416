"""The perplexity of a counting baseline on the validation text of a corpus: 5-grams, also with a cache.

    python benchmarks/kneser_ney.py DATA/wikitext-2 [VOCABULARY]

The share of the cache is chosen on the same text, which flatters it a little.
"""

import sys
import time
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from memnn.language_modelling.training import read_corpus
from memnn.output_map.kneser_ney import KneserNey


def cache_probabilities(text: Int[np.ndarray, " text"], size: int) -> Float[np.ndarray, " text"]:
    """How often each word stands among the `size` before it, as a share of these (Kuhn, De Mori 1990)."""
    counts: dict[int, int] = {}
    said = np.zeros(len(text))
    words = text.tolist()
    for place, word in enumerate(words):
        said[place] = counts.get(word, 0) / max(1, min(place, size))
        counts[word] = counts.get(word, 0) + 1
        if place >= size:
            counts[words[place - size]] -= 1
    return said


def main() -> None:
    """Count, read, print."""
    started = time.monotonic()
    corpus = read_corpus(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    said = KneserNey(corpus.train, len(corpus.words)).probabilities(corpus.valid)
    print(f"{len(corpus.words)} words; Kneser-Ney 5-gram: {np.exp(-np.log(said).mean()):.1f}")
    for size in (100, 500, 1000, 2000, 5000, len(corpus.valid)):
        cached = cache_probabilities(corpus.valid, size)
        losses = {
            share: -np.log((1 - share) * said + share * cached).mean() for share in np.arange(1, 10) / 20
        }
        best = min(losses, key=losses.__getitem__)
        print(f"with a cache of {size} words, share {best:.2f}: {np.exp(losses[best]):.1f}")
    print(f"{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
