"""Errors a user can mend: one clear line, no traceback."""

from pathlib import Path


class UserError(Exception):
    """Something outside the program is wrong; the message says what was expected. Exit status 2."""


class DataError(UserError):
    """A file says something that cannot be read."""

    def __init__(self, path: Path | str, line: int | None, expected: str) -> None:
        """The line counts from 1; None speaks of the whole file."""
        super().__init__(f"{path}:{line}: {expected}" if line is not None else f"{path}: {expected}")


class MissingSplit(DataError):
    """The data has no such split, or not of the tasks that were asked for."""

    def __init__(
        self, path: Path | str, line: int | None, expected: str, tasks: tuple[str, ...] = ()
    ) -> None:
        """`tasks` are those that the split has, where it lacks others."""
        super().__init__(path, line, expected)
        self.tasks = tasks
