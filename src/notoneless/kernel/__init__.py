"""What every stage stands on: the clock, errors, sealed fields, SQL for two databases, outbox and audit."""
