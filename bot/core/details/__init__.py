"""Letter to Details."""
