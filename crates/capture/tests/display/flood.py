"""Says again and again, as fast as it can, that an element of its own has the keyboard: `flood.py ADDRESS COUNT`."""

import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
bus = Gio.DBusConnection.new_for_address_sync(sys.argv[1], flags, None, None)
body = GLib.Variant("(siiv(so))", ("focused", 1, 0, GLib.Variant("i", 0), (":1.0", "/org/a11y/atspi/accessible/root")))
for number in range(int(sys.argv[2])):
    path = f"/org/a11y/atspi/accessible/{number}"
    bus.emit_signal(None, path, "org.a11y.atspi.Event.Object", "StateChanged", body)
bus.flush_sync(None)
