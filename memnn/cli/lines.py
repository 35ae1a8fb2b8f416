"""The lines that a person types, or that come through a pipe."""

import io
import sys
from collections.abc import Iterable
from typing import TextIO

import typer


def read_lines() -> Iterable[str]:
    """Standard input line by line, with a prompt and a history where it is a terminal."""
    if not sys.stdin.isatty():
        yield from piped()
        return
    import readline  # noqa: F401  # gives input() its history and editing

    while True:
        try:
            yield input("> ")
        except EOFError:
            typer.echo()
            return


def piped() -> TextIO:
    """Standard input that comes through a pipe, without a mark of byte order; what is no UTF-8 is read as
    signs of that.
    """
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")  # a broken word is an unknown one
    return sys.stdin
