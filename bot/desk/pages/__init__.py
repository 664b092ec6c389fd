"""The pages: each module has ``routes``; ``app.PAGES`` names the modules."""
