"""What is told: letters to families, with receipts, and the number at which a person answers."""
