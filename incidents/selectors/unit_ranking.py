"""The statement that ranks units by nearness, alike on SQLite and PostgreSQL.

Written out, since Django would compile it anew for every look: 3 ms of CPU, for each way.
"""

# Ready says roughly who could go; the close look decides. A square of degrees puts places in order.
RANKED = """
WITH near AS (
    SELECT 'base' AS way, id AS unit_id, home_lat AS lat, home_lon AS lon,
        CASE WHEN agency_id IN ({sent}) THEN agency_id ELSE 0 END AS agency_id
    FROM responders_unit
    WHERE active AND agency_id IN ({agencies}) {base_in_box}
    UNION ALL
    SELECT 'phone', unit.id, phone.last_lat, phone.last_lon, unit.agency_id
    FROM responders_device phone
    JOIN responders_crewshift shift ON shift.user_id = phone.user_id
    JOIN responders_unit unit ON unit.id = shift.unit_id
    WHERE phone.last_recorded_at >= %(fresh)s AND phone.last_lat IS NOT NULL {phone_in_box}
      AND {in_use} AND {on_shift} AND unit.active AND unit.agency_id IN ({sent})
), able AS (
    SELECT unit.id FROM responders_unit unit
    WHERE unit.duty_status = %(available)s AND ({able})
      AND unit.id IN (SELECT unit_id FROM near)
      AND unit.id NOT IN (SELECT unit_id FROM incidents_assignment WHERE state IN ({open}))
), ready AS (
    SELECT DISTINCT able.id
    FROM able
    JOIN responders_crewshift shift ON shift.unit_id = able.id
    JOIN responders_device phone ON phone.user_id = shift.user_id
    WHERE {on_shift} AND {in_use} AND (
        phone.online_until > %(now)s
        OR phone.push_token_at > %(rung)s AND phone.push_dead_at IS NULL AND phone.push_token <> ''
    )
), judged AS (
    SELECT near.*, CASE WHEN ready.id IS NULL THEN 0 ELSE 1 END AS ready,
        (lat - %(lat)s) * (lat - %(lat)s)
        + (lon - %(lon)s) * %(shrink)s * (lon - %(lon)s) * %(shrink)s AS away
    FROM near LEFT JOIN ready ON ready.id = near.unit_id
), ranked AS (
    SELECT judged.*, ROW_NUMBER() OVER (
        PARTITION BY way, agency_id, ready ORDER BY away NULLS LAST, unit_id
    ) AS place
    FROM judged
)
SELECT way, agency_id, ready, away, unit_id FROM ranked WHERE place <= %(each)s
"""
ON_SHIFT = "shift.starts_at <= %(now)s AND (shift.ends_at IS NULL OR shift.ends_at > %(now)s)"
IN_USE = "phone.revoked_at IS NULL AND phone.signed_out_at IS NULL"
BOX = "AND {lat} BETWEEN %(south)s AND %(north)s AND {lon} BETWEEN %(west)s AND %(east)s"
HAS_WORD = r"CAST(unit.capabilities AS text) LIKE %({}_in)s ESCAPE '\'"
