"""The one door: sessions, WebSocket hub, proxy, the built frontend."""
