"""Numbers about the program: see README.md here. Printed, never asserted."""
