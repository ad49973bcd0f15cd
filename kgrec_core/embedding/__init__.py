"""Text in, unit vectors out; the language model is loaded on first use."""
