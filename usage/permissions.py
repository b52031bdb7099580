"""What the views of this floor need: programs that may do nothing else may send events."""

from accounts.capabilities import Capability, Rules
from accounts.permissions import RULES as OF_ACCOUNTS

RULES: Rules = {
    "api:events-bulk": OF_ACCOUNTS["api:*-bulk"] | {"PUT": Capability.SEND_EVENTS},
}
