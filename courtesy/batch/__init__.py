"""Many recordings: found, listened to by one worker or many, and kept in the store."""
