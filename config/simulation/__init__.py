"""Simulated crews, telephone callers and a dispatcher that speak the real wire.

Nothing in this package touches the database or Django's models: all it knows of the server is the
contract, so it can be pointed at any server. What belongs here: how a crew behaves, where it
drives, what its GPS says. What does not: anything that a real phone could not know.
"""
