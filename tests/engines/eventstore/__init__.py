"""A development server: EventStoreDB's gRPC protocol, version 1, on a real socket, over a log in memory or in a file.

It proves that the adapter and the unmodified client say to each other what they mean, through lost replies, dropped
subscriptions and restarts. It proves nothing about a real server: its rules are the ones that we read in the server's
source and its client's. The store suite runs against a real one with `CARNET_EVENTSTORE=URI`.
"""
