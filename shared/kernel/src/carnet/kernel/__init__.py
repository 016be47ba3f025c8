"""The kernel: decider, ports with their adapters, relay, inbox, read models and the web base."""
