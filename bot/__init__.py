"""The process: command line, settings, the Discord client, and the simulated Discord."""
