"""Text files that people read and write."""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from memnn.errors import DataError, UserError


def read_text(path: Path) -> str:
    """A UTF-8 file, as it is. Raises DataError when it cannot be opened or is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(path, None, f"expected a file that can be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataError(path, line, "expected text in UTF-8") from None


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file without their ends; blank lines at the end of the file are dropped.

    Only a line feed ends a line, as JSON strings may hold the other separators of Unicode.

    Raises DataError when the file cannot be opened or is not UTF-8.
    """
    lines = [line.removesuffix("\r") for line in read_text(path).split("\n")]
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def check_keys(path: Path, number: int, line: str) -> None:
    """Raises DataError where an object of a line of JSON has a key twice: readers keep the last unasked."""

    def check(pairs: list[tuple[str, object]]) -> None:
        keys = [key for key, _ in pairs]
        if len(set(keys)) < len(keys):
            twice = next(key for place, key in enumerate(keys) if key in keys[:place])
            raise DataError(path, number, f"expected every key once; found {json.dumps(twice)[:80]} twice")

    json.loads(line, object_pairs_hook=check)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines of text. The file appears whole or not at all. Raises UserError."""
    try:
        content = "".join(line + "\n" for line in lines).encode()
    except UnicodeEncodeError as error:
        raise UserError(f"{path}: cannot be written as UTF-8: {error.reason}") from None
    write_file(path, content)


def write_file(path: Path, content: bytes) -> None:
    """Write a file in one move: whole or not at all, and then what stood there stays.

    The content is made in memory first, as torch and safetensors report a full disk in ways of their
    own. Raises UserError when the file cannot be written.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(content)
        os.replace(partial, path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise UserError(f"{path}: cannot be written: {error.strerror}") from None
