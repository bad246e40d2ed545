"""ECom-Bench's shop for household appliances on JD, after its published data and its agents' handbook."""
