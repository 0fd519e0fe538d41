"""Samplers of people: what they do with their arms, where cameras stand, how a scene of them is staged."""
