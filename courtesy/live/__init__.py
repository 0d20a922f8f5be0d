"""At the counter, while people talk: what is said, what is missing, and what must not be said."""
