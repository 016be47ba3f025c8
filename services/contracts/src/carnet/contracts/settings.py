"""What contracts needs to start: nothing but what every service has."""

from carnet.kernel.settings import ServiceSettings


class ContractsSettings(ServiceSettings):
    """The settings of contracts; with a `business_day` that is `real` it starts each day's run by itself."""
