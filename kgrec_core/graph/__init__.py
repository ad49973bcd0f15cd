"""The knowledge graph: triples with provenance, built from tables and uploads."""
