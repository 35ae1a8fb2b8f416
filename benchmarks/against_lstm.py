"""MemN2N as a language model beside torch's LSTM of the same width, given the same minutes.

    python benchmarks/against_lstm.py DATA OUT [memn2n-lm] [lstm] [--minutes 10] [--dropout 0]

DATA is what `memnn train lm` takes. Both have the same softmax over all words, the same optimizer, schedule
and batches of as many words, and train for as many epochs as fill the minutes, found by timing their first
steps: each alone on a core. What is said is the perplexity of the validation text as `memnn evaluate`
measures it. A row whose folder is there is not trained again.
"""

import json
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.language_modelling.data import LanguageData
from memnn.language_modelling.perplexity import measure
from memnn.language_modelling.training import Corpus, make_plan, read_corpus
from memnn.models.language import Heard, window_losses
from memnn.response.whole_softmax import WholeSoftmax
from memnn.text.windows import Window
from memnn.training.loop import train
from memnn.training.options import Options

STEPS = 40  # that are timed


class Lstm(nn.Module):
    """torch.nn.LSTM over word vectors of its own width, under the softmax of MemN2N."""

    context, order = 0, 0
    output_map, counts = None, None

    def __init__(self, vocab: int, dim: int, dropout: float) -> None:
        super().__init__()
        self.vectors, self.layer = nn.Embedding(vocab, dim), nn.LSTM(dim, dim, batch_first=True)
        nn.init.normal_(self.vectors.weight, 0, 0.1)
        self.response = WholeSoftmax(vocab, dim, 0.05)
        self.dropout = nn.Dropout(dropout)
        self.word_vectors = [self.vectors.weight, self.response.weight]

    def begin(self, batch: int) -> tuple[Tensor, Tensor]:
        state = torch.zeros(1, batch, self.layer.hidden_size)
        return state, state

    def read(self, words: Int[Tensor, "batch length"], carried: tuple[Tensor, Tensor]) -> Heard:
        states, carried = self.layer(self.dropout(self.vectors(words)), carried)
        return Heard(self.dropout(states), carried)

    def losses(self, window: Window) -> Float[Tensor, " predictions"]:
        return window_losses(self, window)


def seconds_an_epoch(network: Any, data: LanguageData, options: Options) -> float:
    """By the time of a step, the median of some, after as many to warm up."""
    optimizer = torch.optim.Adam(network.parameters(), 1e-9, fused=True)
    taken = []
    for window in islice(data.batches(np.random.default_rng(0), options.batch_size, 1), 2 * STEPS):
        started = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16"):
            losses = network.losses(window)
        optimizer.zero_grad()
        losses.mean().backward()
        optimizer.step()
        taken.append(time.perf_counter() - started)
    return float(np.median(taken[STEPS:])) * data.steps(options.batch_size)


def row(
    name: str, network: Any, length: int, corpus: Corpus, options: Options, minutes: float, out: Path
) -> None:
    """Train, measure, print."""
    folder = out / name
    if not (folder / "row.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        data = LanguageData(corpus.train, corpus.valid, corpus.words.end, network, length, options.precision)
        epochs = max(1, round(60 * minutes / seconds_an_epoch(network, data, options)))
        trained = train([network], data, replace(options, epochs=epochs), folder)
        with torch.no_grad():
            for key, parameter in network.named_parameters():
                parameter.copy_(trained.weights[key])
        network.eval()
        lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]
        found = {
            "perplexity": measure(network, corpus.valid, corpus.words.end).perplexity,
            "epochs": epochs,
            "minutes": lines[-1]["seconds"] / 60,
            "weights": sum(parameter.numel() for parameter in network.parameters()),
        }
        (folder / "row.json").write_text(json.dumps(found), "utf-8")
    said = json.loads((folder / "row.json").read_text("utf-8"))
    cells = f"{said['weights']:>12,}{said['epochs']:>8}{said['minutes']:>9.1f}{said['perplexity']:>12.1f}"
    print(f"{name:<16}{cells}", flush=True)


def main(
    data: Path,
    out: Path,
    models: Annotated[list[str] | None, typer.Argument(help="memn2n-lm, lstm; both unless told")] = None,
    minutes: float = 10,
    vocabulary: int = 10_000,
    dropout: Annotated[float, typer.Option(help="of both; of the LSTM before it and behind it")] = 0.0,
    rate: Annotated[float, typer.Option(help="learning rate of the LSTM")] = 0.005,
    seed: int = 0,
) -> None:
    """Train one after the other, on one thread."""
    torch.set_num_threads(1)
    corpus = read_corpus(data, vocabulary)
    settings, options = make_plan(model="memn2n-lm", options={"seed": seed}).resolve(len(corpus.train))
    torch.manual_seed(seed)
    size, settings = len(corpus.words), replace(settings, dropout=dropout)
    print(f"{'':<16}{'weights':>12}{'epochs':>8}{'minutes':>9}{'perplexity':>12}", flush=True)
    networks = {"memn2n-lm": settings.build(size), "lstm": Lstm(size, settings.dim, dropout)}
    plain = replace(options, learning_rate=rate)
    for name in models or networks:
        chosen = plain if name == "lstm" else options
        row(name, networks[name], settings.window, corpus, chosen, minutes, out)


if __name__ == "__main__":
    typer.run(main)
