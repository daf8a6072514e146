"""The intervals I1 to I16: from which instant to which, and by what name. One place, versioned.

A name belongs to a pair of instants and to nothing else: who measures from another instant gets
another label. "Waktu tanggap" is the legal term for I10 alone (Permendagri 114/2018); the
ten-minute movement target never bears it. Source: field study 5.3. Pure.
"""

from dataclasses import dataclass, replace

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

# 2: what was recalled afterwards proves no goal
# 3: called off past its goal has failed; a press that came late is known within bounds alone
# 4: a crew sent to the same case again carries its time over; one merged after a unit of its own
#    was sent stays; a word typed in afterwards takes nothing from what others have shown; a call
#    told late counts in the month in which it was told
VERSION = "4"

# A call counts when it began; told later than this, so long before it was told. The month's report
# is issued so long after its end (HOUR_OF_ISSUE): each call is in one issued month.
CALL_TOLD_LATE_S = 3600.0
LATE_PRESS_S = 60.0  # own choice: a press received later than this after its word waited in a phone

CALL, INCIDENT, ASSIGNMENT, NOTICE = "call", "incident", "assignment", "notice"

INSTANTS = {
    "ring": _("panggilan berdering"),
    "answer": _("panggilan dijawab"),
    "class": _("panggilan digolongkan"),
    "dispatch": _("regu dikirim"),
    "first_dispatch": _("regu pertama dikirim"),
    "replacement": _("regu pengganti dikirim"),
    "delivered": _("sampai di ponsel"),
    "ack": _("diterima petugas"),
    "enroute": _("menuju lokasi menurut petugas"),
    "move": _("bergerak menurut GPS"),
    "arrive": _("tiba di lokasi"),
    "first_arrive": _("regu pertama tiba"),
    "first_arrive_and_action": _("regu pertama tiba dan bertindak"),
    "action": _("tindakan pertama"),
    "depart": _("meninggalkan lokasi"),
    "destination": _("tiba di tujuan"),
    "clear": _("penugasan selesai"),
    "read": _("dibaca pejabat"),
}


@dataclass(frozen=True)
class Interval:
    """One measured span.

    goal_s: seconds at most, None where nothing was set; `share` of the samples should reach it.
    signed: a negative value means something (which of two came first) and is kept.
    """

    code: str
    name: object
    level: str
    start: str
    end: str
    goal_s: float | None = None
    share: float | None = None
    source: str = ""
    signed: bool = False


_ALL = (
    Interval("I1", _("waktu jawab"), CALL, "ring", "answer", 15, 0.90, "NENA-STA-020"),
    Interval(
        "I2", _("waktu olah"), INCIDENT, "answer", "first_dispatch", 60, 0.90, "NFPA 1225"
    ),
    Interval("I3", _("sampai di ponsel"), ASSIGNMENT, "dispatch", "delivered", 10, 0.95),
    Interval("I4", _("penerimaan tugas"), ASSIGNMENT, "dispatch", "ack", 60),
    Interval(
        "I5", _("persiapan menurut petugas"), ASSIGNMENT, "dispatch", "enroute", 80, None,
        "NFPA 1710",
    ),
    Interval(
        "I6", _("bukti bergerak"), ASSIGNMENT, "dispatch", "move", 600, None, "Kota Solok"
    ),
    Interval(
        "I6a", _("bukti bergerak sejak diterima"), ASSIGNMENT, "ack", "move", signed=True
    ),
    Interval(
        "I6d", _("selisih laporan dan bukti"), ASSIGNMENT, "move", "enroute", signed=True
    ),
    Interval("I7", _("perjalanan"), ASSIGNMENT, "enroute", "arrive", 240, None, "NFPA 1710"),
    Interval("I8", _("kedatangan regu"), ASSIGNMENT, "dispatch", "arrive"),
    Interval("I9", _("kedatangan sejak berdering"), INCIDENT, "ring", "first_arrive"),
    Interval(
        "I10", _("waktu tanggap"), INCIDENT, "answer", "first_arrive_and_action", 900, None,
        "Permendagri 114/2018",
    ),
    Interval("I11", _("mulai bertindak"), ASSIGNMENT, "arrive", "action"),
    Interval("I12", _("di lokasi"), ASSIGNMENT, "arrive", "depart"),
    Interval("I13", _("rujukan"), ASSIGNMENT, "depart", "destination"),
    Interval("I14", _("lama penugasan"), ASSIGNMENT, "dispatch", "clear"),
    Interval("I15", _("pemulihan setelah gagal"), INCIDENT, "dispatch", "replacement"),
    Interval("I16", _("pemberitahuan wilayah"), NOTICE, "class", "read", 600),
)  # fmt: skip
INTERVALS = {interval.code: interval for interval in _ALL}


def between(start: str, end: str, *, level: str = ASSIGNMENT) -> Interval:
    """Return the interval between two instants under the only name it may bear.

    The defined one where it is defined; otherwise one without a goal, called by its two instants.
    Raises KeyError for an unknown instant.
    """
    for interval in _ALL:
        if (interval.start, interval.end) == (start, end):
            return interval
    name = format_lazy("{} → {}", INSTANTS[start], INSTANTS[end])
    return Interval(f"{start}-{end}", name, level, start, end)


def with_target(code: str, goal_s: float) -> Interval:
    """Return a defined interval with the city's own goal."""
    return replace(INTERVALS[code], goal_s=goal_s)
