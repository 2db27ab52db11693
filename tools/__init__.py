"""Programs for those who work on Lectern: fitting of weights, pictures. Nothing here runs in the bot."""
