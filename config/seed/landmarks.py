"""Landmarks to begin with: the two whose points are known. The city adds its own in the admin.

Source: domain study, 1.1 and 2.3 (the market's point is the middle of two published ones).
"""

LANDMARKS: tuple[tuple[str, tuple[str, ...], str, float, float], ...] = (
    ("Balai Kota Solok", ("Kantor Wali Kota",), "13.72.01.1004", -0.79948, 100.65278),
    ("Pasar Raya Solok", ("Pasar Solok", "Pasar Raya"), "13.72.01.1003", -0.7927, 100.6547),
)
