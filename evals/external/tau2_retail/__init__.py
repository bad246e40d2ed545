"""tau2-bench's retail shop, after its published database and its stated policy."""
