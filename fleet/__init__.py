"""The fleet service: doors (workers, api, pages, laptop) → flows → store → domain. Arrows run down only."""
