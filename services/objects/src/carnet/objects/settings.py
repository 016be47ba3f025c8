"""What objects adds to the settings of every service: nothing."""

from carnet.kernel.settings import ServiceSettings


class Settings(ServiceSettings):
    """Each field is CARNET_<NAME> in the environment."""
