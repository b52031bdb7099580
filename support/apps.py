from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    name = "support"
    verbose_name = _("Support")
    # Each rests on those before it.
    sql_objects = (
        "support_business_seconds",
        "support_business_end",
        "support_ticketimages",
        "support_ticketimage",
        "support_ticketstates",
        "support_ticketstate",
        "support_ticketstatuses",
        "support_ticketstatus",
        "support_ticketreplies",
        "support_ticketreply",
        "support_ticketsolvings",
        "support_ticketsolving",
        "support_ticketclocks",
        "support_ticketclock",
        "support_openspells",
        "support_openspell",
        "support_slatimers",
        "support_slatimer",
        "support_downtimes",
        "support_downtime",
    )
