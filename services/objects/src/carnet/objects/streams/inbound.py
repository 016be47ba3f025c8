"""How an order from another system reads in our own words; the bus and HTTP bring the same ones."""

from carnet.events.inbound import ProductionOrder, SalesOrder
from carnet.objects.domain.bill_of_materials import Component, Piece, pieces
from carnet.objects.streams.deliveries import Delivery


def sold(order: SalesOrder) -> tuple[Delivery, list[Piece]]:
    """Read the object of a sales order (S43)."""
    piece = Piece(
        number=order.object_number,
        name=order.object_name,
        kind=order.object_kind,
        article="",
        parent_number=order.parent_number,
    )
    return Delivery(order.number, order.ordered_on, order.customer_number), [piece]


def built(order: ProductionOrder) -> tuple[Delivery, list[Piece]]:
    """Read the objects of a production order's bill of materials (S45)."""
    product = Component.model_validate(order.product.model_dump())
    delivery = Delivery(order.number, order.finished_on, order.customer_number)
    return delivery, pieces(order.number, product, order.parent_number)
