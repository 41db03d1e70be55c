"""The wall view: figures that are read from five metres, and no names of people."""
