"""Which demo tenants there are, and who may look at them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

DATA = Path(__file__).parent / "data"
PASSWORD = "look-around-2024"  # noqa: S105  (printed for everybody, for public data)
OPERATOR = "operator@platform.demo"


@dataclass(frozen=True, kw_only=True)
class DemoTenant:
    """A tenant made of the files in its folder, and the day that its data ends."""

    slug: str
    name: str
    timezone: str
    currency: str
    kinds: tuple[str, ...]
    last_day: date

    def file(self, kind: str) -> Path:
        return DATA / self.slug / f"{kind}.csv.gz"

    def people(self) -> dict[str, str]:
        """E-mail addresses and roles."""
        return {f"{role}@{self.slug}.demo": role for role in ("admin", "manager", "viewer")}


TENANTS = (
    DemoTenant(
        slug="telco",
        name="Telco (real data, June 2024)",
        timezone="UTC",
        currency="USD",
        kinds=("accounts", "subscriptions"),
        last_day=date(2024, 6, 30),
    ),
)
