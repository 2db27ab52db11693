"""What runs beside the commands: the arXiv poller, the watched folder, delivery of posts."""
