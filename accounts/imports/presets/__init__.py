"""Ready mappings for the exports of other tools, a file for each tool."""

from django.utils.translation import gettext as _

from accounts.imports.presets.chargebee import CHARGEBEE
from accounts.imports.presets.chartmogul import CHARTMOGUL
from accounts.imports.presets.formbricks import FORMBRICKS
from accounts.imports.presets.hubspot import HUBSPOT
from accounts.imports.presets.intercom import INTERCOM
from accounts.imports.presets.records import Preset
from accounts.imports.presets.salesforce import SALESFORCE
from accounts.imports.presets.stripe import STRIPE
from accounts.imports.presets.zendesk import ZENDESK

__all__ = ["PRESETS", "Preset", "other_kind"]

PRESETS: dict[str, Preset] = {
    one.name: one
    for one in (
        STRIPE,
        HUBSPOT,
        ZENDESK,
        SALESFORCE,
        CHARGEBEE,
        INTERCOM,
        CHARTMOGUL,
        FORMBRICKS,
    )
}


def other_kind(preset: Preset) -> str:
    """Why a preset does not go with another kind than its own."""
    return _("An export of %(tool)s is to be imported as: %(kind)s.") % {
        "tool": preset.label,
        "kind": preset.of_kind.label,
    }
