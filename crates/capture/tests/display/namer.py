"""A window whose frames it names by itself: `namer.py ADDRESS TITLE FRAME…`.

A FRAME is its name; behind a leading `+` it says that it has the keyboard, and behind a `?` it never says what it is called. `silent` among
them never answers; `late` comes to the bus two seconds behind its window; `within` puts a field into the last of them, that has the keyboard.
The window has the title. It tells that an element of its own has the keyboard, so that the bus's listeners know it.
"""

import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gio, GLib, Gtk  # noqa: E402

ROOT = "/org/a11y/atspi/accessible"
ACTIVE, EDITABLE, FOCUSED, SHOWING, VISIBLE = 1, 7, 12, 25, 30
ENTRY = 79
XML = """<node><interface name='org.a11y.atspi.Accessible'>
<method name='GetChildren'><arg type='a(so)' direction='out'/></method>
<method name='GetState'><arg type='au' direction='out'/></method>
<method name='GetRole'><arg type='u' direction='out'/></method>
</interface><interface name='org.freedesktop.DBus.Properties'>
<method name='Get'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='v' direction='out'/></method>
</interface></node>"""

address, title, frames = sys.argv[1], sys.argv[2], sys.argv[3:]
is_late = "late" in frames
is_within = "within" in frames
frames = [frame for frame in frames if frame not in ("late", "within")]
bus = None
waiting = []


def asked(_bus, _sender, path, _interface, member, parameters, call):
    number = path.rpartition("/")[2]
    wanted = parameters.unpack()[1] if member == "Get" else member
    if "silent" in frames:
        waiting.append(call)
    elif wanted == "Parent":
        outer = f"{len(frames) - 1}" if number == "field" else "root"
        call.return_value(GLib.Variant("(v)", (GLib.Variant("(so)", (bus.get_unique_name(), f"{ROOT}/{outer}")),)))
    elif member == "GetRole":
        call.return_value(GLib.Variant("(u)", (ENTRY,)))
    elif number == "field":
        states = sum(1 << state for state in (EDITABLE, FOCUSED, SHOWING))
        is_state = member == "GetState"
        call.return_value(GLib.Variant("(au)", ([states, 0],)) if is_state else GLib.Variant("(v)", (GLib.Variant("s", "Field"),)))
    elif wanted == "Name" and frames[int(number)].startswith("?"):
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
    for path in [f"{ROOT}/root", f"{ROOT}/field"] + [f"{ROOT}/{number}" for number in range(len(frames))]:
        for interface in info.interfaces:
            bus.register_object(path, interface, asked, None, None)
    focus()


def focus():
    body = GLib.Variant("(siiv(so))", ("focused", 1, 0, GLib.Variant("i", 0), (bus.get_unique_name(), ROOT + "/root")))
    element = "field" if is_within else "0"
    bus.emit_signal(None, f"{ROOT}/{element}", "org.a11y.atspi.Event.Object", "StateChanged", body)


window = Gtk.Window(title=title, default_width=200, default_height=100)
window.connect("focus-in-event", lambda *_: bus and focus())
if is_late:
    GLib.timeout_add(2000, join)
else:
    join()
GLib.timeout_add(100, lambda: window.show_all())
Gtk.main()
