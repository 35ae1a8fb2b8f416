import subprocess
import sys
from importlib.metadata import version

import pytest
import typer

from memnn.cli import app


def commands(command, path=()):
    """Every command and group below this one, by the words that call it."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


COMMANDS = dict(commands(typer.main.get_command(app)))
LEAVES = [path for path, command in COMMANDS.items() if not getattr(command, "commands", {})]


def test_the_version():
    said = subprocess.run([sys.executable, "-m", "memnn", "--version"], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (0, f"memnn {version('memnn')}\n")


def test_the_commands_are_these():
    names = [" ".join(path) for path in LEAVES]
    assert sorted(names) == sorted(
        [
            "train qa",
            "train dialogue",
            "train lm",
            "evaluate",
            "ask",
            "chat",
            "generate",
            "data make",
            "data list",
            "data get",
            "list",
            "show",
        ]
    )


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_help_shows_an_example_and_what_every_option_is_for(memnn, path):
    said = memnn(*path, "--help")
    assert (said.status, said.err) == (0, "")
    assert f"Example: memnn {' '.join(path)}" in " ".join(said.out.split())
    assert all(parameter.help for parameter in COMMANDS[path].params)


@pytest.mark.parametrize("path", [path for path in COMMANDS if path not in LEAVES], ids=" ".join)
def test_groups_name_their_commands(memnn, path):
    assert all(name in memnn(*path, "-h").out for name in COMMANDS[path].commands)


@pytest.mark.parametrize(
    ("words", "named", "help_of"),
    [
        (["frob"], "frob", "memnn"),
        (["evaluate"], "run", "memnn evaluate"),
        (["ask", "a", "b"], "(b)", "memnn ask"),
        (["train", "qa", "--bogus"], "--bogus", "memnn train qa"),
        (["data", "make", "babi", "x", "--questions", "0"], "--questions", "memnn data make"),
        (["data", "make", "babi", "x", "--questions", "pear"], "--questions", "memnn data make"),
    ],
)
def test_a_command_that_is_not_one_is_one_line_that_names_its_help(refused, words, named, help_of):
    line = refused(*words)
    assert named in line
    assert line.endswith(f"({help_of} --help shows what there is)")


@pytest.mark.parametrize("words", [[], ["data"]])
def test_a_group_without_a_command_shows_its_help(memnn, words):
    said = memnn(*words)
    assert said.status == 2
    assert "Usage: memnn" in said.out and "memnn: error" not in said.err


def test_help_does_not_wait_for_torch():
    script = "import sys, memnn.cli; assert not {'torch', 'matplotlib', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("way", [KeyboardInterrupt, typer.Abort])
def test_an_interrupt_is_one_word(memnn, runs, monkeypatch, way):
    from memnn.question_answering.answering import QuestionAnswerer

    def interrupted(*arguments):
        raise way

    monkeypatch.setattr(QuestionAnswerer, "from_pretrained", interrupted)
    said = memnn("ask", runs / "joint", "--question", "Where is Mary?")
    assert (said.status, said.out) == (130, "")
    assert "Traceback" not in said.err
