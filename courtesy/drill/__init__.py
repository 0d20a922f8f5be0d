"""Practice: a customer's line, an answer, and at once what was right and what was not.

Nothing in this room knows whether the answer came from a keyboard, a microphone or a browser, and
nothing in it writes to the tables that people are judged by.
"""
