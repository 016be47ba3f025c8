"""Equipment by kind and number."""

from collections.abc import Iterable, Sequence

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.dispatch.domain.equipment import EquipmentRegistered
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class EquipmentRow(SQLModel, table=True):
    __tablename__ = "dispatch_equipment"
    equipment_id: str = Field(primary_key=True)
    number: str = ""
    kind: str = ""
    name: str = ""


def changes(heard: Heard[EquipmentRegistered]) -> Iterable[Change]:
    values = heard.fact.model_dump(exclude={"type", "equipment_id"})
    yield Put(EquipmentRow, {"equipment_id": heard.fact.equipment_id}, values)


MODEL = ReadModel("dispatch.equipment", (EquipmentRow,), (EquipmentRegistered,), changes)


def everything(session: Session) -> Sequence[EquipmentRow]:
    """Give all equipment by kind and number."""
    return session.exec(select(EquipmentRow).order_by(col(EquipmentRow.kind), col(EquipmentRow.number))).all()
