"""How close papers are to those that subscriptions follow: scoring what is new, previews and explanations."""
