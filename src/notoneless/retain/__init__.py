"""Keep no longer than the rules say: expiry, destruction of a household, and a certificate of each."""
