"""Which decider lives on which stream: `notification-<id>` and `preference-<party>`."""

from carnet.kernel.codec import codec_of
from carnet.kernel.streams import Category
from carnet.notifications.domain import notification, preference

notifications = Category[notification.Command, notification.State, notification.Event](
    "notification", notification.notification, codec_of(notification.Event)
)
preferences = Category[preference.Command, preference.State, preference.Event](
    "preference", preference.preference, codec_of(preference.Event)
)
codec = notifications.codec | preferences.codec
