"""Networks at run time, their weights and what their training and use must agree on. No torch."""
