"""What leaves, at the desk: officials, notices, the ledger; the public, other systems, BMKG."""

from notifications.admin.ledger import (
    DeliveryAdmin,
    EngineBeatAdmin,
    NoticeAdmin,
    OfficialAdmin,
)

__all__ = ["DeliveryAdmin", "EngineBeatAdmin", "NoticeAdmin", "OfficialAdmin"]
