"""What a ladder's plan would do, told before anything happens: a line a step, in words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.ladder_rules import (
    EMAIL,
    GATEWAY_CHANNELS,
    OTHER_PEOPLE,
    PUSH,
    SECOND_PHONE,
    SMS,
    SOCKET,
    SPOKEN,
    VOICE,
    Step,
    in_order,
)

NAMES_MAX = 5
FOR_A_CREW: Mapping[str, Promise] = {
    SOCKET: gettext_lazy("Setiap ponsel yang tersambung menerima seketika."),
    PUSH: gettext_lazy("Push: seketika bila tidak ada soket, selain itu setelah 10 detik."),
    SECOND_PHONE: gettext_lazy("Ponsel lain milik petugas yang sama ikut dibangunkan."),
    OTHER_PEOPLE: gettext_lazy("Petugas yang sejak itu mulai piket di regu ikut diberi tahu."),
    SPOKEN: gettext_lazy("Papan meminta dispatcher menelepon piket instansi regu."),
    SMS: gettext_lazy("SMS ke telepon piket instansi regu."),
    VOICE: gettext_lazy("Telepon otomatis ke telepon piket instansi regu."),
    EMAIL: gettext_lazy("Surel ke petugas regu."),
}
FOR_AN_OFFICE: Mapping[str, Promise] = {
    **FOR_A_CREW,
    SECOND_PHONE: gettext_lazy("Ponsel lain milik pejabat yang sama ikut dibangunkan."),
    OTHER_PEOPLE: gettext_lazy("Plt. dan wakil ikut diberi tahu."),
    SPOKEN: gettext_lazy("Papan meminta dispatcher menelepon pejabat."),
    SMS: gettext_lazy("SMS ke telepon pejabat."),
    VOICE: gettext_lazy("Telepon otomatis ke telepon pejabat."),
    EMAIL: gettext_lazy("Surel ke pejabat."),
}


@dataclass(frozen=True)
class Means:
    """What the city has to carry a message, and who cannot be telephoned.

    for_an_office: the message is a notice. `silent`: the names of who has no telephone.
    """

    for_an_office: bool
    push_on: bool
    gateway_on: bool
    silent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One step: when (seconds), what it does, unless what, and what it lacks today."""

    after_s: int
    what: str
    unless: str
    lacks: str


def story_of(steps: Sequence[Step], means: Means) -> list[Line]:
    """Return the lines of a plan in the order in which its steps are taken."""
    words = FOR_AN_OFFICE if means.for_an_office else FOR_A_CREW
    return [
        Line(step.after_s, str(words[step.channel]), step.unless, _lacks(step.channel, means))
        for step in in_order(steps)
    ]


def _lacks(channel: str, means: Means) -> str:
    if channel in (PUSH, SECOND_PHONE) and not means.push_on:
        return _("Push belum disetel: tidak ada yang terkirim.")
    if channel in GATEWAY_CHANNELS and not means.gateway_on:
        return _("Gerbang SMS, telepon dan surel belum disetel: langkah ini gagal.")
    if channel in (SMS, VOICE, SPOKEN) and means.silent:
        return _("Tanpa nomor telepon: %s.") % _names(means.silent)
    return ""


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMES_MAX])
    more = len(names) - NAMES_MAX
    if more <= 0:
        return shown
    return _("%(names)s dan %(count)d lainnya") % {"names": shown, "count": more}
