"""Tables in, one checked `Dataset` and a report of every problem out."""
