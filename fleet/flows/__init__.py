"""One thing that happens, whole: a flow opens the store, asks the domain, saves."""
