"""Chains of relatives told as people write: error where chains are longer than in training, and new words.

    python benchmarks/written.py make FOLDER [--stories 10000]   writes FOLDER/known and FOLDER/new
    memnn train qa --data FOLDER/known --out RUN
    python benchmarks/written.py test RUN FOLDER

Training has chains of two and three links, hardly a sentence of which comes twice. They are told in four
fifths of 360 ways to tell of one link and 160 of two (`ways_of_telling.txt`), many in two sentences or three
("Ann was late. Her son Bob waited."), some with one of ninety things that people do in them, with openings,
endings and asides. Names are 400 made-up ones, of women and men by their last letter.
Tests are chains of 2 to 10 links, told in the same ways (`known`), and in ways and words that are in no
story of training (`new`): the other fifth of each list.
"""

import random
import re
from collections import Counter
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Annotated

import typer

import memnn
from memnn.question_answering.jsonl import write_jsonl
from memnn.question_answering.reading import read_stories
from memnn.story import Story
from memnn.worlds.families import TURNED, WORDS, Link, draw_links

LENGTHS = (2, 3, 4, 5, 6, 8, 10)
STEMS = [
    "".join(letters) for letters in product("bdfgjlmnprstvw", "aeiou", "bcdfglmnprst", "aeiou", "lmnrst")
]
NAMES = tuple(
    tuple(stem.capitalize() + end for stem in STEMS[start::127][:200]) for start, end in ((0, "o"), (60, "a"))
)

# Ways to tell of one link, and of two: {a} is the {word} of {b}, and {b} the {turned} of {a}; {c} is the
# {other} of {b}, and {b} the {back} of {c}. his, he and him are of b, and with _a or _c of those.
ONE, TWO = (
    part.splitlines()
    for part in Path(__file__).with_name("ways_of_telling.txt").read_text("utf-8").split("\n\n")
)
DOES = """went to the market|came to visit on Sunday|bought tickets for the game|is a very good cook
lives in Boston|works as a nurse|just got a new job|loves to paint|was late for dinner
won first prize at the fair|plays the piano beautifully|broke a leg while skiing
moved to a bigger house|fell asleep on the couch|wants to become a doctor
is afraid of spiders|never eats meat|drives a red truck|collects old stamps
sings in the church choir|graduated last summer|has a terrible cold|runs a small bakery
wrote a long letter|forgot the keys again|is retiring next month|speaks three languages
snores very loudly|hates doing the dishes|lost a wallet at the mall|is learning to drive
turned thirty yesterday|built a wooden shed|adopted a puppy|got a speeding ticket
teaches math at school|cut the grass this morning|has green eyes|prefers tea over coffee
stayed up all night"""
WITH = """went to the park|played chess|took a walk|ate lunch|went shopping|argued about politics
watched a movie|baked cookies|planted roses|traveled to Spain|shared a pizza|went camping
had coffee|painted the fence|danced at the wedding|rode bikes|visited the museum
built a treehouse|sang songs|went to church|spent the weekend|drove to the beach
cleaned the garage|practiced the violin|went hiking|studied for the exam"""
TO = """helped|called|hugged|baked a cake for|bought a present for|wrote a card to|picked up
was angry at|is proud of|misses|invited|thanked|knitted a sweater for|cooked dinner for
drove to the airport to fetch|told a joke to|lent some money to|is worried about
read a story to|gave a watch to|surprised|waited an hour for|took care of|sent flowers to
cheered for|admires"""
WHEN = """| last night| on Friday| after school| in the afternoon| at the restaurant| before the storm
| yesterday| every week| during the holidays| in the kitchen| near the lake| this morning"""
OPENINGS = """Last week|Yesterday|On Monday|To everyone's surprise|Even though it was cold,
After the storm|Once again|As usual|Before lunch|In the end|Because of the snow
Every now and then|Years ago|During the holidays|For the first time|In spite of the rain
At the last minute|Not long ago|When the bus was late,|With a big smile"""
ENDINGS = """| and everybody laughed|, which was a mistake| in the middle of the night
| without saying a word| as often as possible| because the car had broken down
| for no good reason| and then took a nap| before the guests arrived|, but nobody noticed
| while it was raining outside| all day long|, of course| as quickly as possible
| until the sun went down| and was happy about it| on the way to the harbor
| for the third time this month|, even in winter"""
ASIDES = """It was a sunny day.|They had a lot of fun.|Nobody knew what to say.|The weather was awful.
It took almost three hours.|Everyone was very tired after that.|What a day!
That was a long time ago.|Dinner was ready at seven.|The house was full of guests.
It was the best party of the year.|The dog barked all night.|There was no milk left.
The train was late again.|All of them sang together.|It is hard to believe."""


def _words(text: str) -> list[str]:
    return [words for line in text.splitlines() for words in line.removeprefix("|").split("|")]


def _some(words: Sequence[str], new: bool) -> list[str]:
    """Those for training, or the fifth that it does not have; the same ones always."""
    mixed = random.Random(0).sample(words, len(words))
    cut = len(mixed) * 4 // 5
    return mixed[cut:] if new else mixed[:cut]


class Teller:
    """Tells links, in the ways of training or in new ones."""

    def __init__(self, rng: random.Random, new: bool) -> None:
        self.rng = rng
        slots = {
            "WITH": WITH,
            "DOES": DOES,
            "TO": TO,
            "OPENING": OPENINGS,
            "ENDING": ENDINGS,
            "ASIDE": ASIDES,
        }
        self.slots = {slot: _some(_words(text), new) for slot, text in slots.items()}
        self.slots["BOTH"] = self.slots["WITH"]
        self.slots["WHEN"] = [*[""] * 6, *_words(WHEN)]
        self.ways = {1: _some(ONE, new), 2: _some(TWO, new)}

    def tell(self, links: Sequence[Link], people: Sequence[str], genders: Sequence[int]) -> str:
        """One link, from either side, or two from the person they share."""
        (a, relation, b), *more = links
        if not more and self.rng.random() < 0.5:
            a, relation, b = b, TURNED[relation], a
        said = {"a": people[a], "b": people[b], **_forms("", genders[b]), **_forms("_a", genders[a])}
        said |= {"word": WORDS[relation][genders[a]], "turned": WORDS[TURNED[relation]][genders[b]]}
        if more:
            ((_, second, c),) = more
            said |= {"c": people[c], "other": WORDS[TURNED[second]][genders[c]], **_forms("_c", genders[c])}
            said["back"] = WORDS[second][genders[b]]
        way = self.rng.choice(self.ways[len(links)])
        told = re.sub("WITH", "WITH with", way)
        told = re.sub("[A-Z]{2,}", lambda slot: self.rng.choice(self.slots[slot[0]]), told)
        return self.dress(told.format(**said), named=way.startswith(("{a}", "{b}", "{c}")))

    def dress(self, told: str, named: bool) -> str:
        """The same with something said before or after it, now and then; `named`: it begins with a name."""
        if self.rng.random() < 0.3:
            told = f"{self.slot('OPENING')} {told if named else told[0].lower() + told[1:]}"
        told = told[:-1] + self.slot("ENDING") + "." if self.rng.random() < 0.3 else told
        chance = self.rng.random()
        if chance < 0.15:
            return f"{told} {self.slot('ASIDE')}"
        return f"{self.slot('ASIDE')} {told}" if chance < 0.25 else told

    def slot(self, name: str) -> str:
        """Words for it."""
        return self.rng.choice(self.slots[name])


def _forms(who: str, gender: int) -> dict[str, str]:
    forms = {"his": ("his", "her"), "he": ("he", "she"), "him": ("him", "her")}
    each = {name + who: words[gender] for name, words in forms.items()}
    return each | {name.capitalize(): word.capitalize() for name, word in each.items()}


def tell_story(rng: random.Random, hops: int, new: bool) -> Story:
    """A chain of so many links, each told once, in any order."""
    teller = Teller(rng, new)
    answer, links, genders = draw_links(rng, hops, hops)
    names = [iter(rng.sample(some, len(some))) for some in NAMES]
    people = [next(names[gender]) for gender in genders]
    told, left = [], list(links)
    while left:
        count = 2 if len(left) > 1 and rng.random() < 0.25 else 1
        told.append(teller.tell(left[:count], people, genders))
        left = left[count:]
    rng.shuffle(told)
    question = f"How is {people[0]} related to {people[links[-1][2]]}?"
    return Story(tuple(told), question, (WORDS[answer][genders[0]],), task=str(hops))


app = typer.Typer(help=__doc__, pretty_exceptions_enable=False)


@app.command("make")
def make(
    out: Path,
    stories: Annotated[int, typer.Option(help="for training")] = 10_000,
    asked: Annotated[int, typer.Option(help="stories of each length of a test")] = 100,
) -> None:
    """Write the stories."""
    rng = random.Random(1)
    for name, split, count, lengths in (
        ("known", "train", stories, LENGTHS[:2]),
        ("known", "valid", stories // 20, LENGTHS[:2]),
        ("known", "test", asked * len(LENGTHS), LENGTHS),
        ("new", "test", asked * len(LENGTHS), LENGTHS),
    ):
        (out / name).mkdir(parents=True, exist_ok=True)
        told = [tell_story(rng, lengths[n % len(lengths)], name == "new") for n in range(count)]
        write_jsonl(told, out / name / f"{split}.jsonl")


@app.command("test")
def test(run: Path, folder: Path) -> None:
    """Error by length, % of the stories of each."""
    net = memnn.load(run)
    net.use_threads()
    print("links".ljust(10) + "".join(f"{length:>8}" for length in LENGTHS))
    for name in ("known", "new"):
        stories = read_stories(folder / name, "test")
        asked = Counter(story.task for story in stories)
        wrong = Counter(
            story.task
            for story, answer in zip(stories, net.answer(stories))
            if (answer.text,) != story.answer
        )
        cells = [100 * wrong[str(length)] / asked[str(length)] for length in LENGTHS]
        print(name.ljust(10) + "".join(f"{cell:>8.1f}" for cell in cells), flush=True)


if __name__ == "__main__":
    app()
