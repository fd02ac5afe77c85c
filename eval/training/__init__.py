"""One trainer for each fitted file, and the lines they are trained on."""
