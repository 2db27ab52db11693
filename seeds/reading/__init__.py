"""Reading what comes from outside in processes of their own, with limits of time and memory."""
