"""How long what left the house is kept: the words and addresses in it."""

from django.db.models import CharField, F, Q
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
from responders.retention import ROW, WEBHOOK_D, YEAR_D, Kind, blank, drop

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
    Kind(
        "official_answers",
        YEAR_D,
        NoticeAnswer,
        lambda cutoff: NoticeAnswer.objects.filter(
            ~Q(text="") | ~Q(needs=""), received_at__lt=cutoff
        ),
        blank(text="", needs=""),
        ("text", "needs"),
    ),
    Kind(
        "official_phones",
        YEAR_D,
        Official,
        lambda cutoff: Official.objects.filter(~Q(phone=""), ends_at__lt=cutoff),
        blank(phone=""),
        ("phone",),
    ),
    Kind(
        "delivery_details",
        YEAR_D,
        DeliveryAttempt,
        lambda cutoff: DeliveryAttempt.objects.filter(~Q(detail=""), at__lt=cutoff),
        blank(detail=""),
        ("detail",),
    ),
    Kind(
        "ladder_details",
        YEAR_D,
        LadderTurn,
        lambda cutoff: LadderTurn.objects.filter(~Q(detail=""), at__lt=cutoff),
        blank(detail=""),
        ("detail",),
    ),
    Kind(
        "outside_messages",
        YEAR_D,
        OutsideMessage,
        lambda cutoff: OutsideMessage.objects.filter(ended_at__lt=cutoff).exclude(**OUTSIDE),
        blank(to_name=Cast("id", CharField(max_length=36)), **OUTSIDE),
        ("to_name", "to_address", "text", "detail"),
    ),
    Kind(
        "outside_attempts",
        YEAR_D,
        OutsideAttempt,
        lambda cutoff: OutsideAttempt.objects.filter(~Q(detail=""), at__lt=cutoff),
        blank(detail=""),
        ("detail",),
    ),
    Kind(
        "webhook_deliveries",
        WEBHOOK_D,
        WebhookDelivery,
        lambda cutoff: WebhookDelivery.objects.filter(ended_at__lt=cutoff),
        drop,
        (ROW,),
    ),
    Kind(
        "drill_words",
        YEAR_D,
        Drill,
        lambda cutoff: Drill.objects.filter(called_at__lt=cutoff).exclude(title="–", text=""),
        blank(title="–", text=""),
        ("title", "text"),
    ),
    Kind(
        "data_requests",
        YEAR_D,
        DataRequest,
        lambda cutoff: DataRequest.objects.filter(asked_at__lt=cutoff).exclude(**REQUEST),
        blank(**REQUEST),
        tuple(REQUEST),
    ),
)
