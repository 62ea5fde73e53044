"""A GTK window that shows what its argument says once it is clicked, and no longer when it is clicked again."""

import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

css = Gtk.CssProvider()
css.load_from_data(b".before { background: #00c853 } .shown { background: #fe0107 } .done { background: #2962ff }")
Gtk.StyleContext.add_provider_for_screen(Gdk.Screen.get_default(), css, 800)

window = Gtk.Window(title="Said 0", default_width=500, default_height=300)
box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
label, button = Gtk.Label(label="Nothing yet"), Gtk.Button(label="Go on")
label.get_style_context().add_class("before")
box.pack_start(label, True, True, 0)
box.pack_start(button, True, True, 0)
window.add(box)
clicks = 0


def go_on(_button):
    global clicks
    clicks += 1
    style = label.get_style_context()
    for name in ("before", "shown", "done"):
        style.remove_class(name)
    style.add_class({1: "shown", 3: "done"}.get(clicks, "before"))
    label.set_text(sys.argv[1] if clicks == 1 else "Nothing more")
    window.set_title(f"Said {clicks}")


button.connect("clicked", go_on)
window.connect("destroy", Gtk.main_quit)
window.show_all()
window.move(100, 100)
Gtk.main()
