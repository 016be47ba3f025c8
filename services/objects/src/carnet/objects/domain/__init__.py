"""The rules of parties, sites, objects and pending tasks: pure, without clock, ids of its own or I/O."""
