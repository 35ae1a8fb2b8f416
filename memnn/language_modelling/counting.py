"""The training text beside a checkpoint, for a network that reads its counts too."""

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Integer
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from memnn.errors import UserError
from memnn.output_map.count_read import CountRead
from memnn.output_map.kneser_ney import KneserNey
from memnn.training.checkpoint import write_file

FILE = "text.safetensors"  # the words as numbers, and the share of their counts; counted again when loaded


def count(network: Any, text: Integer[np.ndarray, " text"], mixing: float = 0.0) -> None:
    """G, once: count the training text, where the network reads counts."""
    if network.order:
        vocab = len(network.word_vectors[0])
        small = np.uint16 if vocab <= 2**16 else np.uint32
        network.counts = CountRead(KneserNey(text.astype(small), vocab, network.order), mixing)


def save_counts(network: Any, folder: Path) -> None:
    """Write FILE, where the network has counts. Raises UserError."""
    if network.counts is None:
        return
    stored = {"text": network.counts.ngrams.text, "mixing": np.array([network.counts.mixing])}
    write_file(folder / FILE, save(stored))


def load_counts(network: Any, folder: Path) -> None:
    """Count the text of FILE again. A run without it, such as one of an earlier version, has none.

    Raises UserError for a damaged file.
    """
    if not (folder / FILE).exists():
        return
    try:
        stored = load_file(folder / FILE)
        text, (mixing,) = stored["text"], stored["mixing"].tolist()
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise UserError(f"{folder / FILE}: damaged ({error})") from None
    if len(text) and int(text.max()) >= len(network.word_vectors[0]):
        raise UserError(f"{folder / FILE}: words that vocabulary.json lacks")
    count(network, text, mixing)
