"""Sites and objects with tax codes of their own."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.invoicing.domain.place import PlaceTaxed
from carnet.invoicing.domain.tax import TaxCode, TaxCodes
from carnet.invoicing.read_models import nodes
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class PlaceRow(SQLModel, table=True):
    """`tax_codes` as they were set."""

    __tablename__ = "invoicing_place"
    place_id: str = Field(primary_key=True)
    tax_codes: list[dict[str, Any]] = json()


def changes(heard: Heard[PlaceTaxed]) -> Iterable[Change]:
    told = heard.fact.model_dump(mode="json", include={"tax_codes"})
    yield Put(PlaceRow, {"place_id": heard.fact.place_id}, told)


MODEL = ReadModel("invoicing.places", (PlaceRow,), (PlaceTaxed,), changes)


def taxed(session: Session) -> dict[str, TaxCodes]:
    """Give the places that have codes of their own, by id."""
    rows = session.exec(select(PlaceRow).order_by(col(PlaceRow.place_id)))
    own = {row.place_id: tuple(TaxCode.model_validate(each) for each in row.tax_codes) for row in rows}
    return {place_id: codes for place_id, codes in own.items() if codes}


def tax_codes(session: Session, node_ids: Iterable[str]) -> Mapping[str, TaxCodes]:
    """Give the codes of objects that have some, or of the nearest place above that has."""
    if not (own := taxed(session)):
        return {}
    found = {node_id: _nearest(session, node_id, own) for node_id in set(node_ids)}
    return {node_id: codes for node_id, codes in found.items() if codes}


def _nearest(session: Session, node_id: str, own: Mapping[str, TaxCodes]) -> TaxCodes:
    return next((codes for node in nodes.upwards(session, node_id) if (codes := own.get(node.node_id))), ())
