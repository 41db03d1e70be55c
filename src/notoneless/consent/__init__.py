"""What a family is told, what it agrees to and asks for, and the record of why data may be held at all."""
