"""The checks of `motcua doctor`: each looks at one thing, changes nothing, and says what it came to."""
