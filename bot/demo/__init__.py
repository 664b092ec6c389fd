"""A mail world of our own to show and try the product in: servers, stories, and nothing that production imports."""
