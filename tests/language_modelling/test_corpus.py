import pytest

from memnn.errors import DataError, UserError
from memnn.language_modelling.corpus import Lines, cut_tail, encode, read_lines, unknown_share
from memnn.text.word_list import WordList

TEXT = "".join(f"line {n} of the text\n" for n in range(40))


@pytest.mark.parametrize("names", [("wiki", "tokens"), ("ptb", "txt"), ("my.own", "raw")])
def test_a_folder_of_three_files(tmp_path, names):
    for split in ("train", "valid", "test"):
        (tmp_path / f"{names[0]}.{split}.{names[1]}").write_text(split + " " + TEXT)
    for split in ("train", "valid", "test"):
        lines = read_lines(tmp_path, split)
        assert len(lines.lines) == 40 and lines.lines[0].startswith(split) and not lines.held_out


def test_a_tail_is_held_out_of_one_text(tmp_path):
    (tmp_path / "book.txt").write_text(TEXT)
    (tmp_path / "x.train.txt").write_text(TEXT)
    for data in (tmp_path / "book.txt", tmp_path):
        train, valid = read_lines(data, "train"), read_lines(data, "valid")
        assert train.held_out and valid.held_out
        assert "\n".join([*train.lines, *valid.lines]) + "\n" == TEXT
        assert len(valid.lines) == 4
        with pytest.raises(UserError, match="no test split"):
            read_lines(data, "test")


def test_one_line_is_cut_between_words(tmp_path):
    (tmp_path / "line.txt").write_text(" ".join(map(str, range(100))))
    (train,), (valid,) = (read_lines(tmp_path / "line.txt", split).lines for split in ("train", "valid"))
    assert (train.split()[-1], valid.split()[0], len(valid.split())) == ("89", "90", 10)


@pytest.mark.parametrize(
    "lines", [["w " * 1000, *["a b"] * 12], ["a b"] * 12 + ["w " * 1000], [""] * 5 + ["w " * 1000]]
)
def test_a_long_line_is_cut_where_a_tenth_begins(tmp_path, lines):
    (tmp_path / "a.txt").write_text("\n".join(lines))
    parts = [read_lines(tmp_path / "a.txt", split).lines for split in ("train", "valid", "all")]
    train, valid, whole = (len(" ".join(part).split()) + len(part) for part in parts)
    assert 0.1 <= valid / whole <= 0.12
    assert train + valid in (whole, whole + 1)  # a line in two has two ends


@pytest.mark.parametrize(("length", "held"), [(12, 12), (40, 10)])
def test_a_line_is_cut_where_it_would_hold_out_too_much(length, held):
    """Of 100 words, ends of lines among them."""
    lines = ("w " * (100 - length - 1), "w " * (length - 1))
    train, valid = cut_tail(tuple(line.strip() for line in lines))
    assert sum(len(line.split()) + 1 for line in valid) == held
    assert len(train) == (1 if held == length else 2)
    assert cut_tail(tuple("abcdefghijklmn"))[1] == ("n",)


def test_blank_lines_at_the_end_are_not_held_out(tmp_path):
    (tmp_path / "a.txt").write_text("one two three\n" * 10 + "\n \n" * 50)
    assert read_lines(tmp_path / "a.txt", "valid").lines == ("one two three",)


def test_a_part_without_words_is_said(tmp_path):
    (tmp_path / "a.txt").write_text("\n" * 1000 + "w " * 30)
    with pytest.raises(DataError, match="expected at least 10 words for train, found 0"):
        read_lines(tmp_path / "a.txt", "valid")


def test_the_whole_of_one_file_and_of_no_folder(tmp_path):
    (tmp_path / "a.train.txt").write_text(TEXT)
    assert "\n".join(read_lines(tmp_path / "a.train.txt", "all").lines) + "\n" == TEXT
    with pytest.raises(UserError, match="expected one text file for the split all"):
        read_lines(tmp_path, "all")


def test_a_cut_loses_nothing():
    for lines in [("a b c d e f g h i j k l",), ("a b", "c d e f g h i j k l m n"), tuple("abcdefghijklmn")]:
        parts = cut_tail(lines)
        assert " ".join(" ".join(part) for part in parts).split() == " ".join(lines).split()
        assert all(parts)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "at least 20 words, found 0"),
        (b"a b", "found 2"),
        (b"ok\n" * 30 + b"\xff\xfe", ":31: expected text in UTF-8"),
    ],
)
def test_files_that_are_no_text(tmp_path, content, message):
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_lines(tmp_path / "a.txt", "train")


def test_stories_are_no_running_text_but_braces_may_begin_one(tmp_path):
    (tmp_path / "a.jsonl").write_text(TEXT)
    with pytest.raises(DataError, match="found JSON"):
        read_lines(tmp_path / "a.jsonl", "train")
    (tmp_path / "a.c").write_text("{ int a = 0; }\n" + TEXT)
    assert read_lines(tmp_path / "a.c", "train").lines[0] == "{ int a = 0; }"


def test_the_share_of_unknown_words():
    words = WordList(["a", "b"])
    assert unknown_share(encode(Lines(("a c", "d b")), words), words) == 2 / 6
    assert unknown_share(encode(Lines(()), words), words) == 0.0


def test_what_is_not_there(tmp_path):
    with pytest.raises(UserError, match="expected a text file, or a folder"):
        read_lines(tmp_path / "nowhere", "train")
    with pytest.raises(UserError, match="expected a text file, or a folder"):
        read_lines(tmp_path, "train")
    with pytest.raises(UserError, match="no split 'dev'"):
        read_lines(tmp_path, "dev")
    for name in ("a.train.txt", "b.train.txt"):
        (tmp_path / name).write_text(TEXT)
    with pytest.raises(UserError, match=r"one file for train, found a\.train\.txt, b\.train\.txt"):
        read_lines(tmp_path, "train")


def test_the_sizes_of_wikitext_2(data):
    train = read_lines(data / "wikitext-2", "train")
    words = WordList.of_lines(train.lines)
    assert len(words) == 33_278
    assert len(encode(train, words)) == 2_088_628
    assert len(encode(read_lines(data / "wikitext-2", "valid"), words)) == 217_646
