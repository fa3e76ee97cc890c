"""What people and other programs are told: notices, and signed webhooks."""
