"""What leaves, at the desk: officials, notices, the ledger; the public, other systems, BMKG."""

from notifications.admin.assignment_ledger import ledger_panel
from notifications.admin.bulletins import BulletinAdmin
from notifications.admin.drills import DrillAdmin
from notifications.admin.ladders import AuditFindingAdmin, OutsideMessageAdmin
from notifications.admin.ledger import DeliveryAdmin, EngineBeatAdmin
from notifications.admin.notices import NoticeAdmin
from notifications.admin.officials import OfficialAdmin
from notifications.admin.plans import LadderPlanAdmin
from notifications.admin.privacy import DataRequestAdmin
from notifications.admin.public import PublicAlertAdmin
from notifications.admin.wall import WallLinkAdmin
from notifications.admin.webhooks import WebhookDeliveryAdmin, WebhookSubscriptionAdmin

__all__ = [
    "AuditFindingAdmin",
    "BulletinAdmin",
    "DataRequestAdmin",
    "DeliveryAdmin",
    "DrillAdmin",
    "EngineBeatAdmin",
    "LadderPlanAdmin",
    "NoticeAdmin",
    "OfficialAdmin",
    "OutsideMessageAdmin",
    "PublicAlertAdmin",
    "WallLinkAdmin",
    "WebhookDeliveryAdmin",
    "WebhookSubscriptionAdmin",
    "ledger_panel",
]
