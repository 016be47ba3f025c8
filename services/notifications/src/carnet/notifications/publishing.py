"""What notifications tells the world: what was to be told to whom, and its fate; the text stays at home."""

from pydantic import BaseModel

from carnet.events import notifications as published
from carnet.events.fact import Fact
from carnet.notifications.domain import notification as private


def publish(event: BaseModel) -> Fact | None:
    """Translate one private event into at most one published event."""
    match event:
        case private.Requested(notification=notification):
            return published.NotificationRequested(**notification.model_dump(exclude={"text"}))
        case private.Sent():
            return published.NotificationSent(**event.model_dump())
        case private.Printed():
            return published.LetterPrinted(**event.model_dump())
        case private.Failed():
            return published.NotificationFailed(**event.model_dump())
        case _:
            return None
