"""What is to be said of a machine before it is trusted with a counter."""
