"""Texts that want to run in somebody's browser, and a database that holds hardly anything else.

`manage.py shell -c "from tests.xss import plant; plant()"` on a seeded folder fills every text that
a door accepts (serializers, forms, the exchange) with them, and prints where to knock.
"""

import itertools
import json
from datetime import timedelta

from django.apps import apps
from django.contrib import admin
from django.db import IntegrityError, transaction
from django.db.models import CharField, JSONField, TextField
from django.utils import timezone

from incidents.models import Assignment, Call
from incidents.selectors.reports import month_of
from incidents.services.reports import issue_report
from notifications.models import Bulletin, Notice, Official, PublicAlert
from notifications.services.wall import issue_wall_link
from responders.models import User
from tests.incidents.test_admin_pages import fill

# What runs calls x(number), sets the title or opens a dialog: the page is watched for all three.
CORPUS = (
    "<script>x(1)</script>",
    "<img src=x onerror=x(2)>",
    "<svg onload=x(3)>",
    '"><svg/onload=x(4)>',
    "'><img src=x onerror=x(5)>",
    '" autofocus onfocus=x(6) a="',
    "' onmouseover='x(7)",
    "</script><script>x(8)</script>",
    "<!--<script>x(9)</script>-->",
    "]]><script>x(10)</script>",
    "javascript:x(11)",
    "JaVaScRiPt:x(12)//",
    " javascript:x(13)",
    "data:text/html,<script>x(14)</script>",
    "vbscript:x(15)",
    "<a href=javascript:x(16)>tekan</a>",
    "<iframe srcdoc='<script>x(17)</script>'>",
    "<iframe src=javascript:x(18)>",
    "<object data=javascript:x(19)>",
    "<embed src=javascript:x(20)>",
    "<details open ontoggle=x(21)>",
    "<video><source onerror=x(22)>",
    "<body onload=x(23)>",
    "<input autofocus onfocus=x(24)>",
    "<marquee onstart=x(25)>",
    "<math><mi xlink:href=javascript:x(26)>",
    "<svg><animate onbegin=x(27)>",
    "<svg><script>x(28)</script></svg>",
    "<svg><use href=data:image/svg+xml,x29>",
    "<style>@import'/x30'</style>",
    "<link rel=stylesheet href=/x31>",
    "<meta http-equiv=refresh content=0;/x32>",
    "<base href=//x33.example/>",
    "<form><button formaction=javascript:x(34)>",
    "{{constructor.constructor('x(35)')()}}",
    "${x(36)}",
    "#{x(37)} <%= x(37) %> {% debug %}",
    "`;x(38);`",
    "';x(39);//",
    '";x(40);//',
    "\\u003cscript\\u003ex(41)\\u003c/script\\u003e",
    "\\';x(42);//",
    "&lt;script&gt;x(43)&lt;/script&gt;",
    "&#60;img src=x onerror=x(44)&#62;",
    "%3Cscript%3Ex(45)%3C/script%3E",
    "＜script＞x(46)＜/script＞",
    "\u202e>tpircs/<x(47)>tpircs<",
    "<scr\u200bipt>x(48)</scr\u200bipt>",
    "\u2028x(49)\u2029<img src=x onerror=x(49)>",
    "=HYPERLINK('javascript:x(50)')",
    "+cmd|' /C x'!A51",
    "@SUM(x(52))",
    "<noscript><p title='</noscript><img src=x onerror=x(53)>'>",
    "<template><script>x(54)</script></template>",
    "<select><style></select><img src=x onerror=x(55)></style>",
    "jaVasCript:/*-/*`/*'/*\"/**/(/**/oNcliCk=x(56))//</sTyle/</scRipt/--!>\\x3csVg/<sVg/oNloAd=x(56)>",
    '{"__proto__":{"x57":1}}',
    "<img src=x style=animation-name:a onanimationstart=x(58)>",
    "<title>x59</title><script>document.title='x59'</script>",
    "<x onclick=alert(60)>tekan</x>",
)
APPS = ("responders", "incidents", "notifications")
# Names that the code itself gives, or that hold no free text: no door lets anybody write them.
OURS = {
    "address", "capabilities", "chain_head", "channel", "code", "content", "data", "detail",
    "digests", "document", "epoch", "evidence", "evidence_ids", "how", "kinds", "language", "key",
    "key_id", "kind", "last_modified", "etag", "level", "line_hash", "needs", "number", "password",
    "postal_code", "problem", "push_token", "reason_code", "rule", "salt", "sender", "state",
    "stop_reason", "subject_id", "subject_kind", "tracking_digest", "url", "username",
    "verdict_reason", "version", "why", "written", "caller_number", "polygon", "to_address",
    "source_auth", "grade", "area_basis", "identifier", "email", "rings", "socket_place",
}  # fmt: skip
OUR_KINDS = {"Chore", "EngineBeat", "JournalHead", "OutsideFeed", "AttemptCounter", "HeadAnchor"}
ALSO = {("Incident", "address"), ("OutsideMessage", "text")}


def texts_of(model):
    """Return the fields of a model into which a door lets somebody write a free text."""
    if model.__name__ in OUR_KINDS:
        return []
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField | JSONField)
        and not field.choices
        and not field.primary_key
        and (field.name not in OURS or (model.__name__, field.name) in ALSO)
        and not any(word in field.name for word in ("hash", "digest"))
    ]


def all_texts():
    """Return the names of all such fields of all models."""
    models = [model for model in apps.get_models() if model._meta.app_label in APPS]
    return sorted({field.name for model in models for field in texts_of(model)})


def plant():
    """Fill the database of this folder; print {"pages", "wall", "crew", "official"} as JSON."""
    fill(4)
    now = timezone.now()
    Call.objects.update(received_at=now, ringing_at=now)
    PublicAlert.objects.update(expires_at=now + timedelta(hours=2))
    Bulletin.objects.update(state="new", expires_at=now + timedelta(hours=2))
    payloads = itertools.cycle(CORPUS)
    for model in apps.get_models():
        if model._meta.app_label in APPS:
            _fill_texts(model, payloads)
    supervisor = User.objects.get(username="supervisor")
    secret = issue_wall_link(name=CORPUS[7], actor=supervisor, now=now)
    office = Official.objects.get(user__username="lurah-13.72.01.1004")
    Notice.objects.update(office=office.area)
    start, end = month_of(timezone.localdate())
    issue_report(start=start, end=end, actor=None, now=now)
    crew = Assignment.objects.filter(state="acknowledged").first().crew.first()
    people = {"crew": crew.username, "official": office.user.username}
    print(json.dumps({"pages": pages(), "wall": secret} | people))


def _fill_texts(model, payloads):
    fields = texts_of(model)
    for row in model._default_manager.all()[:80] if fields else ():
        if str(getattr(row, "text", "")).startswith("{"):  # a value of ours, kept as JSON
            continue
        changes = {field.name: _value(field, payloads) for field in fields}
        for name, value in changes.items():
            try:
                with transaction.atomic():
                    model._default_manager.filter(pk=row.pk).update(**{name: value})
            except IntegrityError:  # a constraint knows better what may stand there
                continue


def _value(field, payloads):
    """Return a text that fits: a long field holds several."""
    room = field.max_length or 400
    if isinstance(field, JSONField):
        return [next(payloads), next(payloads)]
    found = next(one for one in itertools.islice(payloads, len(CORPUS)) if len(one) <= room)
    if room >= 200:
        found = "\n".join([found, *itertools.islice(payloads, 3)])[:room]
    return found


def pages():
    """Return every page of the admin: lists (searched for a payload too), one row, a new one."""
    found = []
    for model in admin.site._registry:
        if model._meta.app_label not in APPS:
            continue
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        found.append(base)
        rows = model._default_manager.order_by("pk").values_list("pk", flat=True)
        found += [f"{base}{pk}/change/" for pk in (rows.first(), rows.last()) if pk is not None]
        found.append(base + "add/")
    return list(dict.fromkeys(found))
