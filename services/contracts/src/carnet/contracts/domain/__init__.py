"""What was agreed with a customer: contracts, due services, reaction times and coverage; pure rules only."""
