"""Functions checked and written: what an edit, a draft and the shipped base go through."""
