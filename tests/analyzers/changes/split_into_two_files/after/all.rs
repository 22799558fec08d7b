mod ring; mod other;
