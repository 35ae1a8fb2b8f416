"""Another small world, as JSON Lines: a lending library, of which nothing in memnn was made or set.

    python examples/library.py 1000 1 > library.jsonl
    python examples/library.py 1000 2 > others.jsonl
    memnn train qa --data library.jsonl --out runs/library
    memnn evaluate runs/library --data others.jsonl --split all

Every line is a story and one question about it; nothing but the answer is told.
"""

import json
import random
import sys

READERS = (
    "Ines",
    "Jonas",
    "Klara",
    "Luis",
    "Marta",
    "Nils",
    "Olga",
    "Pavel",
    "Quinn",
    "Rosa",
    "Stefan",
    "Tilda",
)
BOOKS = (
    "Dune",
    "Emma",
    "Ulysses",
    "Middlemarch",
    "Walden",
    "Beloved",
    "Persuasion",
    "Hamlet",
    "Kim",
    "Utopia",
)
SHELVES = ("red shelf", "blue shelf", "tall shelf", "round table", "front desk", "window seat")
COUNTS = ("none", "one", "two", "three")


def tell(rng: random.Random) -> dict[str, object]:
    """One story and a question: books stand on shelves, are borrowed, passed on and brought back."""
    readers, books = rng.sample(READERS, 4), rng.sample(BOOKS, 3)
    at = {book: rng.choice(SHELVES) for book in books}
    facts = [f"{book} stands on the {at[book]}." for book in books]
    has: dict[str, str] = {}
    for _ in range(rng.randint(4, 12)):
        book = rng.choice(books)
        if book not in has:
            has[book] = rng.choice(readers)
            del at[book]
            facts.append(rng.choice([f"{has[book]} borrowed {book}.", f"{book} went home with {has[book]}."]))
        elif rng.random() < 0.5:
            one, other = has[book], rng.choice([reader for reader in readers if reader != has[book]])
            has[book] = other
            ways = [f"{one} passed {book} on to {other}.", f"{other} took {book} over from {one}."]
            facts.append(rng.choice(ways))
        else:
            reader = has.pop(book)
            at[book] = rng.choice(SHELVES)
            facts.append(f"{reader} brought {book} back to the {at[book]}.")
    book, kind = rng.choice(books), rng.random()
    if kind < 0.3:
        question, answer = f"Is {book} in the library?", "no" if book in has else "yes"
    elif kind < 0.5:
        reader = rng.choice(readers)
        question, answer = f"How many books does {reader} have?", COUNTS[[*has.values()].count(reader)]
    elif book in has:
        question, answer = f"Who has {book}?", has[book]
    else:
        question, answer = f"Where does {book} stand?", at[book]
    return {"facts": facts, "question": question, "answer": answer}


def main() -> None:
    questions, seed = (int(said) for said in (sys.argv[1:] + ["1000", "1"][len(sys.argv) - 1 :]))
    rng = random.Random(seed)
    for _ in range(questions):
        print(json.dumps(tell(rng)))


if __name__ == "__main__":
    main()
