"""A GTK form for the tests: text, password, text, a button.

SIGUSR1 shows what the password field holds, and hides it again. SIGUSR2 gives the first field a name of a megabyte. F2 opens a dialog
with another text, which Escape closes.
"""

import signal

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402


def field(box, label, visible=True):
    entry = Gtk.Entry(visibility=visible)
    entry.get_accessible().set_name(label)
    box.pack_start(Gtk.Label(label=label), False, False, 0)
    box.pack_start(entry, False, False, 0)
    return entry


window = Gtk.Window(title="Form", default_width=300, default_height=260)
box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
name, password, city = field(box, "Name"), field(box, "Password", False), field(box, "City")
box.pack_start(Gtk.Button(label="Send"), False, False, 0)
window.add(box)
window.connect("destroy", Gtk.main_quit)


def show():
    password.set_visibility(not password.get_visibility())
    return True


def lie():
    name.get_accessible().set_name("x" * 1_000_000)
    return True


def ask(_window, event):
    if event.keyval != Gdk.KEY_F2:
        return False
    dialog = Gtk.Dialog(title="Sent", transient_for=window)
    field(dialog.get_content_area(), "Where to")
    dialog.connect("response", lambda dialog, _: dialog.destroy())
    dialog.show_all()
    return True


window.connect("key-press-event", ask)
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGUSR1, show)
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGUSR2, lie)
window.show_all()
window.move(20, 30)
Gtk.main()
