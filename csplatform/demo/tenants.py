"""Which demo tenants there are, and who may look at them."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from csplatform.demo.sample import sample_file, sample_rows

DATA = Path(__file__).parent / "data"
PASSWORD = "look-around-2024"  # noqa: S105  (printed for everybody, for public data)
OPERATOR = "operator@platform.demo"


@dataclass(frozen=True, kw_only=True)
class DemoTenant:
    """A tenant made of the files in its folder, and the day that its data ends.

    Without kinds it is the made-up sample.
    """

    slug: str
    name: str
    last_day: date
    kinds: tuple[str, ...] = ()
    timezone: str = "UTC"
    currency: str = "USD"

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Kind and content, in the order in which they are imported."""
        for kind in self.kinds:
            packed = (DATA / self.slug / f"{kind}.csv.gz").read_bytes()
            yield kind, gzip.decompress(packed)
        if not self.kinds:
            sample = sample_rows(last_day=self.last_day, currency=self.currency)
            yield from ((kind, sample_file(rows)) for kind, rows in sample.items())

    def nights(self) -> list[date]:
        """The days whose nights are run: the last; of the sample twelve weeks, for its trends."""
        weeks = 1 if self.kinds else 12
        return [self.last_day - timedelta(weeks=back) for back in reversed(range(weeks))]

    def people_of(self, role: str) -> str:
        """The e-mail address of somebody with that role."""
        return f"{role}@{self.slug}.demo"

    def people(self) -> dict[str, str]:
        """E-mail addresses and roles."""
        return {self.people_of(role): role for role in ("admin", "manager", "viewer")}


TENANTS = (
    DemoTenant(
        slug="telco",
        name="Telco (real data, June 2024)",
        kinds=("accounts", "subscriptions"),
        last_day=date(2024, 6, 30),
    ),
    DemoTenant(
        slug="airport",
        name="Airport (real survey of 2017)",
        timezone="America/Los_Angeles",
        kinds=("accounts", "contacts", "responses"),
        last_day=date(2017, 12, 31),
    ),
    DemoTenant(
        slug="opensource",
        name="Open source (real activity, 2023 to 2026)",
        kinds=("accounts", "events"),
        last_day=date(2026, 6, 30),
    ),
    DemoTenant(
        slug="shop",
        name="Shop (real purchases, 1997 and 1998)",
        kinds=("accounts", "purchases"),
        last_day=date(1998, 6, 30),
    ),
    DemoTenant(
        slug="acme",
        name="Acme (made-up sample data)",
        timezone="Europe/Warsaw",
        currency="EUR",
        last_day=date(2026, 10, 31),
    ),
)
