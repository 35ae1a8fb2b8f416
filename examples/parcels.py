"""Stories of your own, as JSON Lines: a small world of couriers, parcels and cities.

    python examples/parcels.py 1000 > parcels.jsonl
    memnn train qa --data parcels.jsonl --out runs/parcels
    memnn ask runs/parcels

Every line is complete: the facts told so far, a question, its answer, and the facts that decide it.
"""

import json
import random
import sys

COURIERS = ("Ana", "Bo", "Chen", "Dara")
PARCELS = ("red parcel", "blue parcel", "long crate", "letter")
CITIES = ("Lyon", "Porto", "Oslo", "Gdansk", "Graz")
DRIVES, LOADS, LEAVES = ("drove to", "set off for"), ("loaded", "took on"), ("delivered", "unloaded")


def tell(rng: random.Random, questions: int) -> list[dict[str, object]]:
    """One story: couriers drive about, load and deliver, and now and then someone asks where a parcel is."""
    facts: list[str] = []
    where: dict[str, tuple[str, int]] = {}  # a courier's city, and the fact that said so
    held: dict[str, tuple[str, int]] = {}  # a parcel's courier, and the fact of loading
    left: dict[str, tuple[str, list[int]]] = {}  # a delivered parcel's city, and the facts that tell it
    lines: list[dict[str, object]] = []
    while len(lines) < questions:
        courier = rng.choice(COURIERS)
        load = [parcel for parcel, (by, _) in held.items() if by == courier]
        free = [parcel for parcel in PARCELS if parcel not in held]
        action = rng.random()
        if action < 0.5 or courier not in where:
            where[courier] = rng.choice(CITIES), len(facts)
            facts.append(f"{courier} {rng.choice(DRIVES)} {where[courier][0]}.")
        elif action < 0.8 and free:
            parcel = rng.choice(free)
            held[parcel] = courier, len(facts)
            left.pop(parcel, None)
            facts.append(f"{courier} {rng.choice(LOADS)} the {parcel}.")
        elif load:
            parcel = rng.choice(load)
            left[parcel] = where[courier][0], [len(facts), where[courier][1]]
            del held[parcel]
            facts.append(f"{courier} {rng.choice(LEAVES)} the {parcel}.")
        asked = rng.choice([*held, *left, ""])
        if asked and len(facts) >= 4 and rng.random() < 0.4:
            if asked in held:
                by, loaded = held[asked]
                city, supporting = where[by][0], [loaded, where[by][1]]
            else:
                city, supporting = left[asked]
            question = f"Where is the {asked}?"
            lines.append(
                {"facts": list(facts), "question": question, "answer": city, "supporting": supporting}
            )
    return lines


def main() -> None:
    rng = random.Random(7)
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    written = 0
    while written < wanted:
        for line in tell(rng, min(4, wanted - written)):
            print(json.dumps(line))
            written += 1


if __name__ == "__main__":
    main()
