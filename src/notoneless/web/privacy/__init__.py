"""What a family is told, agrees to and asks for; and where a school answers."""
