"""What BMKG publishes, read strictly, and what it asks of the city. Pure: no network, no rows.

Source of the data: BMKG (Badan Meteorologi, Klimatologi, dan Geofisika), data.bmkg.go.id and
www.bmkg.go.id. Source of the shapes and rules: domain study, 6.
"""
