"""Who speaks, and where one customer's business ends and the next one's begins."""
