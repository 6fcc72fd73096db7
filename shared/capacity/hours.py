"""Office hours: when the floors of workers hold, and so when a call is transcribed at once."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MOMENT = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
_DAYS = "^(MON|TUE|WED|THU|FRI|SAT|SUN)([-,](MON|TUE|WED|THU|FRI|SAT|SUN))*$"


class OfficeHours(BaseModel):
    """From `open` to before `close`, both HH:MM, on `days` as cron names them (`MON-FRI`, `MON,WED`), in `timezone`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    open: str = Field(pattern=_MOMENT)
    close: str = Field(pattern=_MOMENT)
    days: str = Field(pattern=_DAYS)
    timezone: str

    def hold(self, now: float) -> bool:
        """Whether the office is open at `now`.

        Raises:
            ZoneInfoNotFoundError: `timezone` is no zone that this machine knows.
        """
        there = datetime.fromtimestamp(now, ZoneInfo(self.timezone))
        return DAYS[there.weekday()] in self._days() and self.open <= there.strftime("%H:%M") < self.close

    def _days(self) -> set[str]:
        return {day for part in self.days.split(",") for day in _span(*part.split("-"))}


def _span(first: str, last: str = "", *_: str) -> list[str]:
    """From `first` to `last`, over Sunday where need be."""
    begin = DAYS.index(first)
    count = (DAYS.index(last or first) - begin) % len(DAYS) + 1
    return [DAYS[(begin + step) % len(DAYS)] for step in range(count)]
