"""What the numbers mean, how the night works them out, and the pages they are read on."""
