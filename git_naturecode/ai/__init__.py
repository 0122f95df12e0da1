"""Models and analysers: what they are asked, what they answer, what it costs."""
