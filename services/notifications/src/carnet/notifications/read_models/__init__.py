"""What notifications keeps of the events it heard: who lives where, what stands where, and the outbox."""
