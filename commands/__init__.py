"""What people say to Lectern: commands, the buttons under their answers, and the cards that they answer with."""
