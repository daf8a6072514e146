"""The statements that find the nearest units and their crews, alike on SQLite and PostgreSQL.

Written out, since Django would compile them anew for every look: 3 ms of CPU, for each way.
"""

# Puts places in order: a square of degrees.
AWAY = """
({lat} - %(lat)s) * ({lat} - %(lat)s)
+ ({lon} - %(lon)s) * %(shrink)s * ({lon} - %(lon)s) * %(shrink)s
"""
# What several statements say alike.
PIECES = {
    "away": AWAY.format(lat="lat", lon="lon"),
    "base_away": AWAY.format(lat="home_lat", lon="home_lon"),
    "on_shift": "shift.starts_at <= %(now)s AND (shift.ends_at IS NULL OR shift.ends_at > %(now)s)",
    "in_use": "phone.revoked_at IS NULL AND phone.signed_out_at IS NULL",
    "reachable": """(
        phone.online_until > %(now)s
        OR phone.push_token_at > %(rung)s AND phone.push_dead_at IS NULL AND phone.push_token <> ''
    )""",
}
HAS_WORD = r"CAST(unit.capabilities AS text) LIKE %({}_in)s ESCAPE '\'"
BOX = """
AND {lat} BETWEEN %(lat)s - %(up)s / {part} AND %(lat)s + %(up)s / {part}
AND {lon} BETWEEN %(lon)s - %(aside)s / {part} AND %(lon)s + %(aside)s / {part}
"""

# Reach: how far the so-manieth base is, of an agency to be sent that has so many.
AGENCIES = """
SELECT agency.*, (
    SELECT COUNT(*) FROM responders_unit unit WHERE unit.active AND unit.agency_id = agency.id
) AS unit_count, CASE WHEN agency.id IN ({sent}) THEN (
    SELECT {base_away} AS away FROM responders_unit unit
    WHERE unit.active AND unit.agency_id = agency.id
    ORDER BY away NULLS LAST LIMIT 1 OFFSET %(nearer)s
) END AS reach
FROM responders_agency agency
"""

# Ready says roughly who could go; the close look decides. Of agencies that are not to be sent (0)
# nobody is. Whether a crew can be rung is asked unit by unit: joined, everybody would be read.
RANKED = """
WITH near AS (
    SELECT 0 AS by_phone, unit.agency_id, unit.id AS unit_id,
        unit.home_lat AS lat, unit.home_lon AS lon, {able} AS able, 1 = 0 AS rings
    FROM responders_unit unit
    WHERE unit.active AND unit.agency_id IN ({sent}) {base_in_box}
    UNION ALL
    SELECT 1, unit.agency_id, unit.id, phone.last_lat, phone.last_lon, {able}, {reachable}
    FROM responders_device phone
    JOIN responders_crewshift shift ON shift.user_id = phone.user_id
    JOIN responders_unit unit ON unit.id = shift.unit_id
    WHERE phone.last_recorded_at >= %(fresh)s AND phone.last_lat IS NOT NULL {phone_in_box}
      AND {in_use} AND {on_shift} AND unit.active AND unit.agency_id IN ({sent})
), ready AS (
    SELECT unit_id FROM near WHERE able AND rings
    UNION ALL
    SELECT unit_id FROM (
        SELECT unit_id FROM near WHERE able EXCEPT SELECT unit_id FROM near WHERE rings
    ) AS unsure WHERE 1 = (
        SELECT 1
        FROM responders_crewshift shift
        JOIN responders_device phone ON phone.user_id = shift.user_id
        WHERE shift.unit_id = unsure.unit_id AND {on_shift} AND {in_use} AND {reachable}
        LIMIT 1
    )
), judged AS (
    SELECT by_phone, agency_id, unit_id, {away} AS away,
        CASE WHEN unit_id IN (SELECT unit_id FROM ready) THEN 1 ELSE 0 END AS ready
    FROM near
), ranked AS (
    SELECT judged.*, ROW_NUMBER() OVER (
        PARTITION BY by_phone, agency_id, ready ORDER BY away NULLS LAST, unit_id
    ) AS place
    FROM judged
)
SELECT by_phone, agency_id, ready, away, unit_id FROM ranked WHERE place <= %(each)s
UNION ALL
SELECT * FROM (
    SELECT 0, 0, 0, {base_away} AS away, id
    FROM responders_unit
    WHERE active AND agency_id IN ({others}) {other_in_box}
    ORDER BY away NULLS LAST, id LIMIT %(each)s
) AS others
"""

BUSY = "SELECT unit_id FROM incidents_assignment WHERE state IN ({open})"

LISTED = "SELECT * FROM responders_unit WHERE id IN ({ids}) ORDER BY id"

# Whether somebody is active is asked person by person: joined, everybody would be read.
CREWS = """
SELECT shift.unit_id, phone.id, {reachable},
    phone.last_lat, phone.last_lon, phone.last_recorded_at
FROM responders_crewshift shift
LEFT JOIN responders_device phone ON phone.user_id = shift.user_id AND {in_use}
WHERE shift.unit_id IN ({ids}) AND {on_shift}
  AND (SELECT is_active FROM responders_user person WHERE person.id = shift.user_id)
"""
