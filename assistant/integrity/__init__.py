"""Account integrity: warnings on returns, merchants' reports, findings and what follows. Thinks; stores nothing."""
