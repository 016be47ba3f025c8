"""What is billed, by which rules: one aggregate a module, and the values that they share."""
