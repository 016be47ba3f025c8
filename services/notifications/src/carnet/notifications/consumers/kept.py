"""Whether every mail and letter that went out is still kept as it went."""

from carnet.kernel.documents.port import Digest, DocumentDamaged, DocumentMissing
from carnet.kernel.runtime import Runtime
from carnet.notifications.read_models.outbox import documents


async def lost(runtime: Runtime) -> list[str]:
    """Name the notifications whose document is gone or was changed, as a backup in the wrong order leaves them."""
    found = []
    for notification_id, document in await runtime.query(documents):
        try:
            await runtime.documents.get(Digest(document))
        except (DocumentMissing, DocumentDamaged) as error:
            found.append(f"Notification {notification_id}: {error}")
    return found
