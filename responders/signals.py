"""What happens here that others may want to know. Arguments are ids, never objects.

check_ins_recorded   device_ids: list[UUID], now, since: the earliest time claimed. Inside the
                     transaction that stores check-ins: receivers only write rows.
check_ins_committed  device_ids: list[UUID]. After that commit; may get lost.
device_revoked       device_id: UUID. After the commit that revoked it; may get lost.
duty_changing        unit_id: int, before, status: str, actor: User | None, now. Inside the
                     transaction: a receiver refuses by raising UnitBusy, or records the fact.
duty_changed         unit_id: int. After the commit; may get lost.
"""

from django.dispatch import Signal

check_ins_recorded = Signal()
check_ins_committed = Signal()
device_revoked = Signal()
duty_changing = Signal()
duty_changed = Signal()
