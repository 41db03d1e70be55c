"""What is owed today and why: calendar, duties, policies, opening and closing the day."""
