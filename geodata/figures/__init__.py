"""What is counted and shown: state, counts, small counts, classes, views, comparisons."""
