"""A window whose fields it tells of by itself, well or badly: `liar.py ADDRESS LOG FIELD…`.

A FIELD is how one behaves, in words with commas between; behind a slash, how it behaves from SIGUSR2 on. SIGUSR1 gives the keyboard to
the next one. Whatever is asked of a field is a line of LOG: its number and what.

  password, hidden, defunct     it is
  text=TEXT, caret=N            what it holds, where its caret is
  count=N                       how much it says that is; whatever it is asked for, it tells all of it
  x=N                           it holds as many letters
  no=MEMBER                     it never answers that
  typed=MEMBER                  its answer to that has another type
  error=NAME                    it refuses to tell its states
"""

import signal
import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gio, GLib, Gtk  # noqa: E402

ROOT = "/org/a11y/atspi/accessible"
PASSWORD, ENTRY = 40, 79
DEFUNCT, EDITABLE, FOCUSED, SHOWING = 6, 7, 12, 25
MEMBERS = {
    "org.a11y.atspi.Accessible": [("GetRole", "", "u"), ("GetState", "", "au")],
    "org.a11y.atspi.Component": [("GetExtents", "u", "(iiii)")],
    "org.a11y.atspi.Text": [("GetText", "ii", "s")],
    "org.freedesktop.DBus.Properties": [("Get", "ss", "v")],
}


class Field:
    def __init__(self, number, words):
        self.number = number
        self.path = f"{ROOT}/{number}"
        self.now, _, self.later = words.partition("/")
        self.exported = []

    def has(self, word):
        return word in self.now.split(",")

    def value(self, name, otherwise):
        values = [word.partition("=")[2] for word in self.now.split(",") if word.startswith(name + "=")]
        return values[0] if values else otherwise

    def text(self):
        return "x" * int(self.value("x", 0)) or self.value("text", "")

    def answer(self, member, parameters):
        if member == "GetRole":
            return GLib.Variant("u", PASSWORD if self.has("password") else ENTRY)
        if member == "GetState":
            states = [EDITABLE, FOCUSED] + [DEFUNCT] * self.has("defunct") + [SHOWING] * (not self.has("hidden"))
            return GLib.Variant("au", [sum(1 << state for state in states), 0])
        if member == "GetExtents":
            return GLib.Variant("(iiii)", (30, 40, 100, 20))
        if member == "GetText":
            start, end = (0, None) if self.value("count", None) else parameters.unpack()
            return GLib.Variant("s", self.text()[start:end])
        if member == "Name":
            return GLib.Variant("s", f"Field {self.number}")
        if member == "CharacterCount":
            return GLib.Variant("i", int(self.value("count", len(self.text()))))
        return GLib.Variant("i", int(self.value("caret", 0)))

    def export(self):
        for number in self.exported:
            bus.unregister_object(number)
        typed = self.value("typed", None)
        self.exported = []
        for interface, members in MEMBERS.items():
            out = lambda member, kind: "t" if member == typed else kind  # noqa: E731
            methods = "".join(
                f"<method name='{member}'>{arguments(takes, 'in')}{arguments([out(member, gives)], 'out')}</method>"
                for member, takes, gives in members
            )
            info = Gio.DBusNodeInfo.new_for_xml(f"<node><interface name='{interface}'>{methods}</interface></node>")
            self.exported.append(bus.register_object(self.path, info.interfaces[0], self.asked, None, None))

    def asked(self, _bus, _sender, _path, _interface, member, parameters, call):
        member = parameters.unpack()[1] if member == "Get" else member
        print(self.number, member, file=log, flush=True)
        error = self.value("error", None)
        if self.value("no", None) == member:
            waiting.append(call)
        elif error and member == "GetState":
            call.return_dbus_error(error, "No.")
        else:
            wrong = self.value("typed", None) == member
            answer = GLib.Variant("t", 7) if wrong else self.answer(member, parameters)
            is_property = member in ("Name", "CaretOffset", "CharacterCount")
            call.return_value(GLib.Variant.new_tuple(GLib.Variant("v", answer) if is_property else answer))

    def focus(self):
        body = GLib.Variant("(siiv(so))", ("focused", 1, 0, GLib.Variant("i", 0), (bus.get_unique_name(), ROOT + "/root")))
        bus.emit_signal(None, self.path, "org.a11y.atspi.Event.Object", "StateChanged", body)


def arguments(kinds, direction):
    return "".join(f"<arg type='{kind}' direction='{direction}'/>" for kind in kinds)


flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
bus = Gio.DBusConnection.new_for_address_sync(sys.argv[1], flags, None, None)
log = open(sys.argv[2], "w")
waiting = []
fields = [Field(number, words) for number, words in enumerate(sys.argv[3:])]
at = 0


def proceed():
    global at
    at = min(at + 1, len(fields) - 1)
    fields[at].focus()
    return True


def turn():
    for field in fields:
        field.now = field.later or field.now
        field.export()
    print("turned", file=log, flush=True)
    return True


for field in fields:
    field.export()
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGUSR1, proceed)
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGUSR2, turn)
window = Gtk.Window(title="Liar", default_width=200, default_height=100)
window.connect("focus-in-event", lambda *_: fields[at].focus())
window.show_all()
Gtk.main()
