"""Peers that are trained by gradient descent: exact in their scores, opaque in their reasons."""
