"""Imports go one way: memory <- the four parts <- models <- training <- applications <- the command line."""

import ast
from pathlib import Path

import pytest

import memnn

ROOT = Path(memnn.__file__).parent
PARTS = {"input_map", "generalization", "output_map", "response"}
BASE = {"memory", "conversation", "errors", "files", "story", "tasks"}
ALLOWED = {
    "memory": set(),
    "errors": set(),
    "files": {"errors"},
    "tasks": {"errors"},
    "conversation": set(),
    "story": set(),
    "text": {"conversation", "story"},
    "worlds": {"story"},
    **{part: {"memory", "text"} | PARTS for part in PARTS},
    "models": {"memory", "conversation", "story", "text"} | PARTS,
    "training": BASE | {"text", "models"},
    "question_answering": BASE | {"text", "input_map", "models", "training"},
    "dialogue": BASE | {"text", "models", "training"},
    "language_modelling": BASE | {"text", "models", "training", "output_map"},
    "cli": BASE
    | {"text", "language_modelling", "models", "training", "question_answering", "dialogue", "worlds"},
    "__init__": {"question_answering", "language_modelling", "dialogue", "training"},
    "__main__": {"cli"},
}


def imported(path: Path) -> set[str]:
    """The second name of every `memnn.x` that the file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return {name.split(".")[1] for name in names if name.startswith("memnn.")}


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path):
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    assert own in ALLOWED, f"{own} has no place in the order of imports"
    assert imported(path) <= ALLOWED[own] | {own}


def test_the_input_map_reads_no_memory():
    """I comes before G and O: what is fed in cannot depend on how it is read."""
    for path in (ROOT / "input_map").glob("*.py"):
        assert not imported(path) & {"generalization", "output_map", "response"}, path
