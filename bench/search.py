"""Search among a million objects as a person types, beside a scan by LIKE over the same texts.

The read model's tables are filled directly, its full text by the read model's own statements. The filled database is
kept under `.cache` and used again as long as the model's schema is the same: filling it takes about two minutes.
"""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench.report import Row, percentile, say
from sqlalchemy import Connection, text
from sqlmodel import Session

from carnet.kernel.database import engine
from carnet.kernel.generations import schema_hash
from carnet.kernel.projection import create_tables
from carnet.kernel.rows import defaults_of
from carnet.objects.read_models.folding import folded
from carnet.objects.read_models.full_text import CUSTOMERS
from carnet.objects.read_models.full_text import NODES as NODES_TABLE
from carnet.objects.read_models.full_text.fts5 import FIND, INDEXES
from carnet.objects.read_models.nodes import NODES, Customer, Node
from carnet.objects.read_models.parties import PARTIES
from carnet.objects.read_models.search import search

CACHE: Final = Path(__file__).parent.parent / ".cache"
OBJECTS: Final = 1_000_000
A_SITE: Final = 20
SITES_A_CUSTOMER: Final = 10
ASKED: Final = 300
SCANNED: Final = 9
LIMIT: Final = 50
PAGE: Final = 50_000
PEER: Final = "LIKE scan"

STREETS: Final = [
    f"{way} {name}"
    for way in ("rue", "chemin", "avenue", "place", "route", "sentier", "quai", "impasse")
    for name in (
        "des Fleurettes",
        "de la Gare",
        "du Lac",
        "des Alpes",
        "de Montchoisi",
        "du Simplon",
        "des Tilleuls",
        "de la Paix",
        "du Stand",
        "de Beaulieu",
        "des Vergers",
        "du Marché",
    )
]
TOWNS: Final = ("Lausanne", "Genève", "Fribourg", "Neuchâtel", "Sion", "Yverdon", "Vevey", "Nyon", "Bienne", "Morges")
MAKERS: Final = ("Schindler", "Otis", "Kone", "Thyssen", "Emch", "AS Aufzüge", "Orona", "Mitsubishi")
KINDS: Final = ("ascenseur", "monte-charge", "escalier roulant", "porte", "monte-plat", "chaudière", "pompe")
FIRMS: Final = ("Régie", "Gérance", "PPE", "Immobilière", "Fondation", "Coopérative")
NAMES: Final = (
    *("Delacroix", "Rochat", "Favre", "Berset", "Montandon"),
    *("Jaquet", "Perret", "Cuendet", "Zwahlen", "Gerber"),
)


def filled(objects: int) -> Path:
    """Give the file of a database with so many objects, after making it where it is missing."""
    file = CACHE / f"search-{schema_hash(NODES)}-{objects}.db"
    if not file.exists():
        CACHE.mkdir(exist_ok=True)
        for old in CACHE.glob(f"search-*-{objects}.*"):
            old.unlink()
        draft = file.with_suffix(".draft")
        made = engine(f"sqlite:///{draft}", "BEGIN")
        with made.begin() as connection:
            fill(connection, objects)
        with made.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
        made.dispose()
        draft.rename(file)
    return file


def fill(connection: Connection, objects: int) -> None:
    for model in (NODES, PARTIES):
        create_tables(connection, model)
    insert(connection, Customer, customers(objects // A_SITE // SITES_A_CUSTOMER))
    insert(connection, Node, sites(objects // A_SITE))
    insert(connection, Node, lifts(objects))
    index_texts(connection, connection.execute(text("SELECT max(rowid) FROM objects_node")).scalar_one())


def index_texts(connection: Connection, rows: int) -> None:
    """Put the full text together as the read model does after a page, in large pages."""
    names = {"nodes": NODES_TABLE, "customers": CUSTOMERS}
    for index in INDEXES:
        for first in range(1, rows + 1, PAGE):
            page = json.dumps(list(range(first, min(first + PAGE, rows + 1))))
            connection.execute(text(FIND.format(index=index, **names)), {"rows": page})


def insert(connection: Connection, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    """Insert rows with the model's defaults; values come as SQLite keeps them."""
    defaults = {name: "null" if name in {"fields", "address"} else value for name, value in defaults_of(table).items()}
    names = list(defaults)
    statement = f"INSERT INTO {table.__tablename__} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    page: list[tuple[Any, ...]] = []
    for row in rows:
        page.append(tuple({**defaults, **row}.values()))
        if len(page) == PAGE:
            connection.exec_driver_sql(statement, page)
            page = []
    if page:
        connection.exec_driver_sql(statement, page)


def customers(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {"party_id": f"p{number}", "text": folded(f"D{number}", customer(number))}


def customer(number: int) -> str:
    return f"{FIRMS[number % 6]} {NAMES[number // 6 % 10]} {number} SA"


def sites(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        name = f"{STREETS[number % len(STREETS)]} {number // len(STREETS) % 120 + 1}"
        words = folded(f"S{number}", name, str(1000 + number % 900), TOWNS[number % 10])
        yield {
            "node_id": f"s{number}",
            "sort": "site",
            "number": f"S{number}",
            "name": name,
            "kind": "site",
            "debtor_id": f"p{number // SITES_A_CUSTOMER}",
            "text": words,
            "revision": 0,
        }


def lifts(count: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(2026)
    for number in range(count):
        kind, maker = chance.choice(KINDS), chance.choice(MAKERS)
        name, serial = f"{kind} {maker} {chance.choice((320, 450, 630, 1000, 1600))}", serial_of(number)
        site = number // A_SITE
        yield {
            "node_id": f"o{number}",
            "sort": "object",
            "is_object": True,
            "number": f"L{number:07}",
            "name": name,
            "kind": kind,
            "serial_number": serial,
            "first_site_id": f"s{site}",
            "debtor_id": f"p{site // SITES_A_CUSTOMER}",
            "text": folded(f"L{number:07}", name, kind, serial),
            "revision": 0,
        }


def serial_of(number: int) -> str:
    return f"{number * 7_919 % 10_000_000:07}{'ABCDEFGH'[number % 8]}"


def questions(objects: int) -> list[str]:
    """Give what people type: a number, a serial number's middle, beginnings of words, two or three words."""
    chance = random.Random(7)
    return [question(chance, chance.randrange(objects), n % 6) for n in range(ASKED)]


def question(chance: random.Random, number: int, way: int) -> str:
    site = number // A_SITE
    street = STREETS[site % len(STREETS)]
    house = site // len(STREETS) % 120 + 1
    return (
        f"L{number:07}",
        serial_of(number)[2:],
        street.split()[-1][: chance.randint(2, 6)],
        f"{street.split()[-1][:5]} {house}",
        f"{customer(site // SITES_A_CUSTOMER)[:-3]}",
        f"{chance.choice(MAKERS)[:4]} {TOWNS[site % 10][:4]} {house}",
    )[way]


def times(act: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    """Give the milliseconds that each question took."""
    took = []
    for q in asked:
        begin = time.perf_counter()
        act(q)
        took.append((time.perf_counter() - begin) * 1000)
    return took


def scan(session: Session, q: str) -> list[Any]:
    """Find the same by LIKE, the best by name, as an application without an index does."""
    words = folded(q).split()
    where = " AND ".join(f"f.c0 LIKE :w{n}" for n in range(len(words)))
    query = f"""SELECT n.node_id, n.name FROM objects_node_fts_content f JOIN objects_node n ON n.rowid = f.id
                WHERE {where} ORDER BY n.name LIMIT {LIMIT}"""
    return list(session.execute(text(query), {f"w{n}": f"%{word}%" for n, word in enumerate(words)}))


def measured(objects: int) -> tuple[list[float], float]:
    """Give our times, and the peer's median."""
    made = engine(f"sqlite:///{filled(objects)}", "BEGIN")
    asked = questions(objects)
    with Session(made) as session:
        times(lambda q: search(session, q, LIMIT), asked[:30])
        ours = times(lambda q: search(session, q, LIMIT), asked)
        theirs = times(lambda q: scan(session, q), asked[:SCANNED])
    made.dispose()
    return ours, median(theirs)


def rows() -> Iterator[Row]:
    ours, peer = measured(OBJECTS)
    p50, p99 = percentile(ours, 0.5), percentile(ours, 0.99)
    name = "search among 1,000,000 objects, limit 50"
    yield Row(f"{name}, p50", round(p50, 2), "ms", "<= 3, >= 50x", PEER, round(peer, 1), round(peer / p50, 1))
    yield Row(f"{name}, p99", round(p99, 2), "ms", "<= 15")


if __name__ == "__main__":
    say(rows())
