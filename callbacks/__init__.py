"""What happens: HTTP routes, Dash callbacks, commands. Each module registers itself on an app."""
