"""What is done about who was not heard from: reminders, by a ladder of who is asked next."""
