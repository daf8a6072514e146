from notifications.models.delivery import Delivery, DeliveryAttempt, EngineBeat
from notifications.models.drill import Drill, DrillReply
from notifications.models.notice import Notice, NoticeAnswer, NoticeCursor, NoticeReceipt
from notifications.models.official import Official

__all__ = [
    "Delivery",
    "DeliveryAttempt",
    "Drill",
    "DrillReply",
    "EngineBeat",
    "Notice",
    "NoticeAnswer",
    "NoticeCursor",
    "NoticeReceipt",
    "Official",
]
