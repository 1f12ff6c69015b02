"""Exact numbers: finite Markov decision processes and the bounds that they obey."""
