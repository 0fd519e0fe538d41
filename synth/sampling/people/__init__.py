"""Samplers of people: what their arms do, where cameras stand, how a scene of them is staged."""
