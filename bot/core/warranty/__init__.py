"""Details to Verdict and Reply."""
