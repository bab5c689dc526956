"""Flow: networks of lumped elements, waves in arteries, coronary trees."""
