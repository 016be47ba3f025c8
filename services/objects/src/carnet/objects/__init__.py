"""Parties, sites and the object tree; the cockpit of everything known about an object."""
