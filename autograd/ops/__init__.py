"""The declarations of all operations: the only place with derivative rules."""
