"""A saved game in other forms: SVG, asciicast, one HTML page. Headless; knows no terminal."""
