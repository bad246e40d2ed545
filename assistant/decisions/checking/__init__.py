"""The checker of rule books: each module looks for one kind of fault; `checker` runs them all."""
