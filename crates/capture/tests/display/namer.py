"""A window whose frames it names by itself: `namer.py ADDRESS TITLE FRAME…`.

A FRAME is its name; behind a leading `+` it says that it has the keyboard. `silent` among them never answers; `late` comes to the bus two
seconds behind its window. The window has the title. It tells that an element of its own has the keyboard, so that the bus's listeners know
it.
"""

import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gio, GLib, Gtk  # noqa: E402

ROOT = "/org/a11y/atspi/accessible"
ACTIVE, SHOWING, VISIBLE = 1, 25, 30
XML = """<node><interface name='org.a11y.atspi.Accessible'>
<method name='GetChildren'><arg type='a(so)' direction='out'/></method>
<method name='GetState'><arg type='au' direction='out'/></method>
</interface><interface name='org.freedesktop.DBus.Properties'>
<method name='Get'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='v' direction='out'/></method>
</interface></node>"""

address, title, frames = sys.argv[1], sys.argv[2], sys.argv[3:]
is_late = "late" in frames
frames = [frame for frame in frames if frame != "late"]
bus = None
waiting = []


def asked(_bus, _sender, path, _interface, member, _parameters, call):
    number = path.rpartition("/")[2]
    if "silent" in frames:
        waiting.append(call)
    elif member == "GetChildren":
        own = [(bus.get_unique_name(), f"{ROOT}/{number}") for number in range(len(frames))]
        call.return_value(GLib.Variant("(a(so))", (own,)))
    elif member == "GetState":
        states = [SHOWING, VISIBLE] + [ACTIVE] * frames[int(number)].startswith("+")
        call.return_value(GLib.Variant("(au)", ([sum(1 << state for state in states), 0],)))
    else:
        call.return_value(GLib.Variant("(v)", (GLib.Variant("s", frames[int(number)].removeprefix("+")),)))


def join():
    global bus
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
    info = Gio.DBusNodeInfo.new_for_xml(XML)
    for path in [f"{ROOT}/root"] + [f"{ROOT}/{number}" for number in range(len(frames))]:
        for interface in info.interfaces:
            bus.register_object(path, interface, asked, None, None)
    focus()


def focus():
    body = GLib.Variant("(siiv(so))", ("focused", 1, 0, GLib.Variant("i", 0), (bus.get_unique_name(), ROOT + "/root")))
    bus.emit_signal(None, f"{ROOT}/0", "org.a11y.atspi.Event.Object", "StateChanged", body)


window = Gtk.Window(title=title, default_width=200, default_height=100)
window.connect("focus-in-event", lambda *_: bus and focus())
if is_late:
    GLib.timeout_add(2000, join)
else:
    join()
GLib.timeout_add(100, lambda: window.show_all())
Gtk.main()
