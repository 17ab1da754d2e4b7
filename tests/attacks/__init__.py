"""What somebody from outside tries: `make attack`, and docs/security-checks.md for what each found."""
