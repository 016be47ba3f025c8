"""What dispatch shows, derived from its own events and from what it heard; each can be built again at any time."""
