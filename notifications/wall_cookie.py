"""The name of the cookie that a wall's screen carries: the page sets it, the socket reads it."""

WALL_COOKIE = "gerak_wall"
