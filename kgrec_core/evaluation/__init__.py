"""Ranked lists and held-out items in, numbers with intervals out; no model class is known here."""
