"""What an administrator does now and then: doctor, backup, restore, purge, export, decide."""
