"""The supervisor's desk: what the program flags is listened to by people before anyone is blamed.

office      what all requests share
access      who is signed in, and what they may do      signing, passwords
answers     one shape for every error, and what every answer carries
findings    the queue, and what people do with a flag   conversation, sound
pages       the HTML, filled by `words`
app         joins them
"""
