"""What notifications adds to the settings of every service: who writes, and through which mail server."""

from typing import Annotated

from pydantic import AnyUrl, Field, HttpUrl, UrlConstraints

from carnet.kernel.settings import ServiceSettings

SmtpUrl = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["smtp", "smtps"], host_required=True)]


class NotificationsSettings(ServiceSettings):
    """Each field is CARNET_<NAME> in the environment.

    `smtp` is `smtp[s]://[user:password@]host[:port]`; without it each e-mail is kept as a document and goes nowhere.
    A message that the server does not take is tried `smtp_tries` times, after 1, 2, 4 … `smtp_pause` seconds.
    """

    smtp: SmtpUrl | None = None
    smtp_tries: int = Field(10, ge=1)
    smtp_pause: float = Field(1.0, ge=0, description="seconds before the second try; doubled each time")
    smtp_timeout: float = Field(20.0, gt=0, description="seconds")
    public_address: HttpUrl | None = None

    firm_name: str = "Rochat Ascenseurs SA"
    firm_street: str = "Rue de Genève"
    firm_house_number: str = "88"
    firm_postcode: str = "1004"
    firm_city: str = "Lausanne"
    firm_country: str = "CH"
    firm_email: str = "service@rochat-ascenseurs.example"
    firm_telephone: str = "021 555 01 20"

    @property
    def public(self) -> str:
        """The address under which customers reach the suite, without a slash at its end."""
        return str(self.public_address or self.suite).rstrip("/")
