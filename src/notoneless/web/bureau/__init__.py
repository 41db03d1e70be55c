"""Pages of a bureau: the tree, its figures and who is missing."""
