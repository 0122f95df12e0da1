"""What people see: texts for a terminal, Markdown and HTML."""
