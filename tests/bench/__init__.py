"""What the product does beside the limit and beside what one would take instead: `make bench`."""
