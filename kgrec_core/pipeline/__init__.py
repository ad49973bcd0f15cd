"""From files to recommendations: the functions that the command line, jobs and pages call."""
