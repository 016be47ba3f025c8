"""From what was sold or built, only the pieces that we can service become objects (S43, S45)."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from pydantic import BaseModel

from carnet.kernel.decider import Rejected

MOST_PIECES: Final = 1000


class Component(BaseModel, frozen=True):
    """An article of a production order with its parts."""

    article: str
    name: str
    kind: str = "component"
    serviceable: bool = True
    quantity: Decimal = Decimal(1)
    serial_number: str | None = None
    parts: tuple["Component", ...] = ()


class Piece(BaseModel, frozen=True):
    """An object to register; `parent_number` is the piece or the node above it, None the top."""

    number: str
    name: str
    kind: str
    article: str
    serial_number: str | None = None
    parent_number: str | None = None


def pieces(order: str, product: Component, parent_number: str | None = None) -> list[Piece]:
    """Give the objects of a production order, parents first, numbered alike on every call.

    A number is `order/article`, with `-n` where the order has several pieces of the article, whose names then
    end with n too (serial numbers are the makers' and may repeat). What is not serviceable is left out, and its
    parts hang one level higher.
    """
    found = list(unnumbered(product, parent_number, 1))
    if len(found) > MOST_PIECES:
        raise Rejected(
            "Production order {order} gives {count} objects, more than {most}: split it.",
            order=order,
            count=len(found),
            most=MOST_PIECES,
        )
    return Numbering(order, found).numbered()


class Unnumbered:
    """A piece before its number is known."""

    __slots__ = ("above", "component")

    def __init__(self, component: Component, above: "Unnumbered | str | None") -> None:
        self.component, self.above = component, above


def unnumbered(component: Component, above: "Unnumbered | str | None", times: int) -> Iterator[Unnumbered]:
    """Give the pieces of a component and its parts, parents first."""
    count = times * copies(component)
    if not component.serviceable:
        for part in component.parts:
            yield from unnumbered(part, above, count)
        return
    for _ in range(count):
        piece = Unnumbered(component, above)
        yield piece
        for part in component.parts:
            yield from unnumbered(part, piece, 1)


def copies(component: Component) -> int:
    """Give how many pieces there are; only what becomes no object may be measured in fractions."""
    if not has_pieces(component):
        return 0
    count = component.quantity
    if count != count.to_integral_value() or not 1 <= count <= MOST_PIECES:
        raise Rejected(
            "{article} becomes objects: its quantity is a whole number from 1 to {most}.",
            article=component.article,
            most=MOST_PIECES,
        )
    if component.serial_number and count != 1:
        raise Rejected(
            "{article} has one serial number for {count} pieces: name each piece.",
            article=component.article,
            count=count,
        )
    return int(count)


def has_pieces(component: Component) -> bool:
    """Say whether the component or a part of it becomes an object."""
    return component.serviceable or any(map(has_pieces, component.parts))


class Numbering:
    """Numbers the pieces of one order in their order."""

    def __init__(self, order: str, found: list[Unnumbered]) -> None:
        self.order, self.found = order, found
        self.of_article = Counter(piece.component.article for piece in found)
        self.given: Counter[str] = Counter()
        self.numbers: dict[int, str] = {}

    def numbered(self) -> list[Piece]:
        return [self.piece(one) for one in self.found]

    def piece(self, one: Unnumbered) -> Piece:
        component, suffix = one.component, self.suffix(one.component.article)
        self.numbers[id(one)] = number = f"{self.order}/{component.article}{suffix.replace(' ', '-')}"
        above = self.numbers[id(one.above)] if isinstance(one.above, Unnumbered) else one.above
        return Piece(
            number=number,
            name=component.name + suffix,
            kind=component.kind,
            article=component.article,
            serial_number=component.serial_number,
            parent_number=above,
        )

    def suffix(self, article: str) -> str:
        """Tell the pieces of one article apart; a single one needs nothing."""
        self.given[article] += 1
        return f" {self.given[article]}" if self.of_article[article] > 1 else ""
