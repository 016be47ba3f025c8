"""What dispatch needs to start: nothing but what every service has."""

from carnet.kernel.settings import ServiceSettings


class DispatchSettings(ServiceSettings):
    """The settings of dispatch; `zone` says what a day is in lists, and the time in sentences."""
