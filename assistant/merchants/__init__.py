"""The merchant's side: reports on claims, warnings on returns, release of orders priced by mistake."""
