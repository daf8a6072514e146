"""How long what left the house is kept: the words and addresses in it."""

from django.db.models import CharField, F
from django.db.models.functions import Cast, Coalesce

from incidents.services.retention import over
from notifications.models import (
    DataRequest,
    DeliveryAttempt,
    Drill,
    LadderTurn,
    Notice,
    NoticeAnswer,
    Official,
    OutsideAttempt,
    OutsideMessage,
    WebhookDelivery,
)
from responders.retention import WEBHOOK_D, YEAR_D, Kind, blank, emptied, gone

REQUEST = {"number": "", "new_name": "", "new_number": "", "reason": "", "refusal": ""}
# Of a message past the apps; its own id stands for whom it was for, so that each stays one.
OUTSIDE = {"to_address": "", "text": "", "detail": ""}


KINDS = (
    Kind(
        "notice_words",
        YEAR_D,
        Notice,
        lambda cutoff: (
            Notice.objects.annotate(over_at=Coalesce(over("incident__"), F("updated_at")))
            .filter(over_at__lt=cutoff)
            .exclude(text="", basis_text="")
        ),
        blank(text="", basis_text=""),
        ("text", "basis_text"),
    ),
    emptied("official_answers", YEAR_D, NoticeAnswer, since="received_at", text="", needs=""),
    emptied("official_phones", YEAR_D, Official, since="ends_at", phone=""),
    emptied("delivery_details", YEAR_D, DeliveryAttempt, since="at", detail=""),
    emptied("ladder_details", YEAR_D, LadderTurn, since="at", detail=""),
    Kind(
        "outside_messages",
        YEAR_D,
        OutsideMessage,
        lambda cutoff: OutsideMessage.objects.filter(ended_at__lt=cutoff).exclude(**OUTSIDE),
        blank(to_name=Cast("id", CharField(max_length=36)), **OUTSIDE),
        ("to_name", "to_address", "text", "detail"),
    ),
    emptied("outside_attempts", YEAR_D, OutsideAttempt, since="at", detail=""),
    gone("webhook_deliveries", WEBHOOK_D, WebhookDelivery, since="ended_at"),
    emptied("drill_words", YEAR_D, Drill, since="called_at", title="–", text=""),
    emptied("data_requests", YEAR_D, DataRequest, since="asked_at", **REQUEST),
)
