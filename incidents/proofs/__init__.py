"""Movement proofs: the signed object, the keys, and how a stranger checks it. Knows no row."""
