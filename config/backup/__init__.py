"""Copies of all that a city would lose: the database, keys, logins and photos, with digests."""
