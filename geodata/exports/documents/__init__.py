"""Pages and slides as PDF and PowerPoint."""
