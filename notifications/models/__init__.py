from notifications.models.bulletin import Bulletin, OutsideFeed
from notifications.models.delivery import Delivery, DeliveryAttempt
from notifications.models.drill import Drill, DrillReply
from notifications.models.engine import AuditFinding, EngineBeat
from notifications.models.ladder import Ladder, LadderPlan, LadderStep, LadderTurn
from notifications.models.notice import Notice, NoticeAnswer, NoticeCursor, NoticeReceipt
from notifications.models.official import Official
from notifications.models.outside import OutsideAttempt, OutsideMessage
from notifications.models.privacy import DataRequest
from notifications.models.public_alert import PublicAlert
from notifications.models.wall import WallLink
from notifications.models.webhook import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookSubscription,
)

__all__ = [
    "AuditFinding",
    "Bulletin",
    "DataRequest",
    "Delivery",
    "DeliveryAttempt",
    "Drill",
    "DrillReply",
    "EngineBeat",
    "Ladder",
    "LadderPlan",
    "LadderStep",
    "LadderTurn",
    "Notice",
    "NoticeAnswer",
    "NoticeCursor",
    "NoticeReceipt",
    "Official",
    "OutsideAttempt",
    "OutsideFeed",
    "OutsideMessage",
    "PublicAlert",
    "WallLink",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookSubscription",
]
