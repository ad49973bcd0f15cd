"""The report of a run as one HTML file: stored results in words, tables and drawings."""
