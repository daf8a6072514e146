"""What an empty database is filled with: Kota Solok. The data modules are pure; `city` writes."""
