"""The door of browsers: the application, signing in, rights, and the pages.

Other doors know nothing of it. Whoever wires them together hands them what they need as arguments: a guard from
`fleet.pages.rights`, and its `language` and `csrf`.
"""
