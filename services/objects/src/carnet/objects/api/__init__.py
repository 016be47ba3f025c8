"""The service's HTTP: parse, authorise, send the command, answer."""
