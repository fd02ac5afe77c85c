"""Files of questions and pairs → cases."""
