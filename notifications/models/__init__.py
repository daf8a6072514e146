from notifications.models.delivery import Delivery, DeliveryAttempt
from notifications.models.drill import Drill, DrillReply
from notifications.models.engine import AuditFinding, EngineBeat
from notifications.models.ladder import (
    Ladder,
    LadderPlan,
    LadderStep,
    LadderTurn,
    OutsideAttempt,
    OutsideMessage,
)
from notifications.models.notice import Notice, NoticeAnswer, NoticeCursor, NoticeReceipt
from notifications.models.official import Official

__all__ = [
    "AuditFinding",
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
    "OutsideMessage",
]
