"""Parcels: where something is that lies in a bag, in a crate, on a van that someone drove away.

Things go into larger things, onto vehicles, and vehicles to cities; whatever a thing holds goes with it. The
question asks for the city of a thing, and the chain leads from it through all that it is in. Whatever was
told last of a thing holds, so a story may put a thing of the chain elsewhere before its place is told that
counts; the others are put about at any time.
"""

import random

from memnn.story import Story
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import number, refuse
from memnn.worlds.telling import cast, pick

COURIERS = ("Amira", "Bruno", "Chen", "Dilara", "Emil", "Fatou")
CITIES = ("Aarhus", "Bergen", "Cadiz", "Dresden", "Genoa", "Lviv", "Nantes", "Tartu")
CARRIED = (  # from small to large
    "postcard", "letter", "envelope", "folder", "satchel", "red parcel", "blue parcel", "sack", "hamper",
    "suitcase", "long crate", "trunk", "wardrobe", "iron chest", "container",
)  # fmt: skip
VEHICLES = ("van", "lorry", "cargo bike", "tram", "barge")
PUTTING = (
    "{who} put the {a} into the {b}.",
    "The {a} was packed into the {b}.",
    "The {a} is now in the {b}.",
)
LOADING = (
    "{who} loaded the {a} onto the {b}.",
    "The {a} was put on the {b}.",
    "{who} got the {a} on the {b}.",
)
DRIVING = ("{who} drove the {a} to {b}.", "The {a} left for {b}.", "{who} took the {a} to {b}.")
ASKINGS = ("Where is", "In which city is")
HOPS = (1, 2, 3)


def parcels(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Nested things that move. Knobs: facts, hops (facts from the thing to its city; 1 to 3 unless told),
    actors (couriers), places (cities), things (what is carried, from small to large).

    Where the number of facts is not set, three times as many are told as the chain has.
    """
    refuse(knobs, "questions")
    hops = number("hops", knobs.hops, pick(rng, HOPS))
    count = number("facts", knobs.facts, 3 * hops, at_least=hops)
    couriers = cast("actors", knobs.actors, COURIERS, 1)
    cities = cast("places", knobs.places, CITIES, 2)
    things = cast("things", knobs.things, CARRIED, max(1, hops - 1))
    vehicles = rng.sample(VEHICLES, 2 + int(rng.random() * (len(VEHICLES) - 1)))  # one is beside the chain
    inside = [things[rank] for rank in sorted(rng.sample(range(len(things)), hops - 1))]
    chain = [*inside, pick(rng, vehicles), pick(rng, cities)]

    larger = {thing: [*things[rank + 1 :], *vehicles] for rank, thing in enumerate(things)}
    larger |= {vehicle: list(cities) for vehicle in vehicles}
    counts = dict(zip(rng.sample(range(count), hops), chain))  # the facts that hold, and what they move
    settled: dict[str, int] = {}
    facts: list[str] = []
    for fact in range(count):
        if fact in counts:
            thing = counts[fact]
            settled[thing] = fact
            place = chain[chain.index(thing) + 1]
        else:
            thing = pick(rng, [thing for thing in larger if thing not in settled])
            place = pick(rng, larger[thing])
        ways = DRIVING if thing in vehicles else LOADING if place in vehicles else PUTTING
        facts.append(pick(rng, ways).format(who=pick(rng, couriers), a=thing, b=place))
    supporting = tuple(settled[thing] for thing in chain[:-1])
    return [Story(tuple(facts), f"{pick(rng, ASKINGS)} the {chain[0]}?", (chain[-1],), supporting)]
