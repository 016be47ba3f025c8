"""Contracts, their cycles, coverage and reaction times: what was agreed."""
