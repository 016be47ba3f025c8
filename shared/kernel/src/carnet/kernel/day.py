"""The business day: real, or a fixed date that a page advances (promise 16). Never read by a domain."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from carnet.kernel.decider import Rejected
from carnet.kernel.settings import ServiceSettings

DAY_FILE: Final = "business-day"


@dataclass(frozen=True)
class BusinessDay:
    """The day that the suite takes for today; one that was set stands in `<data>/business-day`, for all services."""

    settings: ServiceSettings

    @property
    def file(self) -> Path:
        return self.settings.data / DAY_FILE

    def today(self) -> date:
        """Give the day that was set, else the settings' fixed one, else today's where the firm is."""
        if not self.settings.production and self.file.exists():
            return date.fromisoformat(self.file.read_text().strip())
        if self.settings.business_day != "real":
            return self.settings.business_day
        return datetime.now(UTC).astimezone(ZoneInfo(self.settings.zone)).date()

    @property
    def is_real(self) -> bool:
        """Say whether days pass by themselves: a day that is fixed, or was set, never starts a run."""
        return self.settings.production or (self.settings.business_day == "real" and not self.file.exists())

    @property
    def starts_runs(self) -> bool:
        """Say whether a day starts its runs by itself."""
        return self.settings.ticker and self.is_real

    def advance(self, day: date) -> None:
        """Set the day; raises Rejected in production, and for a day that is already over."""
        if self.settings.production:
            raise Rejected("In production the business day is the real one.")
        if self.file.exists() and day < self.today():
            raise Rejected("The business day is {today} already; it only moves on.", today=self.today())
        draft = self.file.with_name(f".{self.file.name}.{uuid4()}")  # two services may be told at once
        draft.write_text(day.isoformat())
        draft.replace(self.file)
