"""``cratewarden demo``: the App at work on a GitHub of this computer's own, told as a story."""
