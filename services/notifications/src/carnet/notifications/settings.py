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

    smtp: SmtpUrl | None = Field(None, description="smtp[s]://[user:password@]host[:port]; without it no mail goes out")
    smtp_tries: int = Field(10, ge=1, description="of one message, before it has failed")
    smtp_pause: float = Field(1.0, ge=0, description="seconds before the second try; doubled each time")
    smtp_timeout: float = Field(20.0, gt=0, description="seconds that the server may take")
    public_address: HttpUrl | None = Field(None, description="where customers reach the suite; else the front")

    firm_name: str = Field("Rochat Ascenseurs SA", description="on letters and in mails")
    firm_street: str = Field("Rue de Genève", description="on letters and in mails")
    firm_house_number: str = Field("88", description="on letters and in mails")
    firm_postcode: str = Field("1004", description="on letters and in mails")
    firm_city: str = Field("Lausanne", description="on letters and in mails")
    firm_country: str = Field("CH", description="on letters and in mails")
    firm_email: str = Field("service@rochat-ascenseurs.example", description="on letters and in mails")
    firm_telephone: str = Field("021 555 01 20", description="on letters and in mails")

    @property
    def public(self) -> str:
        """The address under which customers reach the suite, without a slash at its end."""
        return str(self.public_address or self.suite).rstrip("/")
