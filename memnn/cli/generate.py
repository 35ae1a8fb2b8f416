"""`memnn generate`: a language model goes on with a text."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from memnn.cli.lines import piped, read_lines
from memnn.errors import UserError

if TYPE_CHECKING:
    from memnn.language_modelling.reader import LanguageModel, NextWord

MOST_NAMED = 10  # unknown words of a prompt
LONGEST = 40  # letters of one that are printed
MOST_LINES = 3  # remembered words printed with a word
LEAST = 0.01  # a remembered word of a smaller share is not printed
POINTER = "→"  # between a remembered word and the text that it followed; brackets stand in texts themselves


def generate(
    run: Annotated[str, typer.Argument(help="a checkpoint folder")],
    prompt: Annotated[
        str | None, typer.Option(help="the text to go on with; read from standard input unless told")
    ] = None,
    words: Annotated[int, typer.Option(min=1, help="at most so many")] = 60,
    stop: Annotated[
        str | None, typer.Option(help="end before this word; `<eos>` is the end of a line")
    ] = None,
    temperature: Annotated[
        float, typer.Option(min=0.0, help="below 1 more of the likely words; 0: always the likeliest")
    ] = 1.0,
    top_k: Annotated[int, typer.Option(min=0, help="draw among the likeliest so many words; 0: all")] = 0,
    top_p: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="draw among the likeliest words of this probability")
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="another seed draws other words")] = 0,
    cache: Annotated[
        int | None, typer.Option(min=0, help="how many words a cache remembers; 2,000 unless told")
    ] = None,
    counts: Annotated[
        bool, typer.Option(help="read the counts of the training text, where there are any")
    ] = True,
    evidence: Annotated[
        bool,
        typer.Option(
            "--evidence", help="a line a word, with what was read earlier that it rests on: text → word"
        ),
    ] = False,
) -> None:
    """Write on, a word after another, never an unknown one.

    Example: `memnn generate runs/lm --prompt "The river" --words 30 --top-p 0.9`

    On a terminal without --prompt every line typed is read and gone on with.
    """
    from memnn.language_modelling.perplexity import check_cache
    from memnn.language_modelling.reader import CACHE, LanguageModel

    lm = LanguageModel.from_pretrained(run, CACHE if cache is None else cache, counts)
    lm.use_threads()
    if cache:
        check_cache(lm.network)
    if not -(2**63) <= seed < 2**63:
        raise UserError(f"--seed {seed}: expected a number of 64 bits")
    for given in [prompt] if prompt is not None else _texts():
        unknown = lm.read(given)
        if unknown:
            named = [w if len(w) <= LONGEST else w[:LONGEST] + "..." for w in unknown[:MOST_NAMED]]
            more = f" and {len(unknown) - MOST_NAMED} more" if len(unknown) > MOST_NAMED else ""
            typer.echo(f"unknown, read as <unk>: {' '.join(named)}{more}", err=True)
        said = lm.generate(words, stop=stop, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed)
        write = _explain if evidence else _write
        for word in said:
            write(lm, word)
        if not evidence:
            typer.echo()


def _texts() -> Iterable[str]:
    return read_lines() if sys.stdin.isatty() else [piped().read().removesuffix("\n")]


def _write(lm: "LanguageModel", said: "NextWord") -> None:
    from memnn.text.word_list import join_words

    before = lm.text[-2:-1]
    text = join_words([*before, said.word])[len(join_words(before)) :]
    sys.stdout.write(text)
    sys.stdout.flush()


def _explain(lm: "LanguageModel", said: "NextWord") -> None:
    text = lm.text
    lines = []
    weightiest = sorted(said.evidence, key=lambda each: -each.weight)[:MOST_LINES]
    for found in (each for each in weightiest if each.weight >= LEAST):
        around = " ".join(text[max(0, found.position - 4) : found.position])
        lines.append(
            f"hop {found.hop} {100 * found.weight:3.0f} %  {found.position}: {around} {POINTER} {found.word}"
        )
    if said.counted is not None and said.counted.weight >= LEAST:
        met = said.counted
        after = " ".join(("...", *met.after))
        lines.append(
            f"trained {100 * met.weight:3.0f} %  {after} {POINTER} {said.word}, {met.times} of {met.of} times"
        )
    because = ("   because  " + "  |  ".join(lines)) if lines else ""
    typer.echo(f"{said.word:<16} {100 * said.probability:5.1f} %{because}")
