"""What the city is told of its own work: intervals, counts and how they were drawn."""
