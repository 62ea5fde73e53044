"""mss and pynput as research recorders use them: a picture thirty times a second, a call for each event.

It is told what to do in lines: {"start":true}, {"stop":true}.
"""

import json
import os
import sys
import threading
import time

os.environ["PYNPUT_BACKEND"] = "xorg"

import mss  # noqa: E402
from pynput import keyboard, mouse  # noqa: E402

FPS = 30


class Recorder:
    """Counts what it takes; keeps nothing."""

    def __init__(self):
        self.frames = 0
        self.stored = 0
        self.running = True
        self.thread = threading.Thread(target=self.take)
        self.listeners = [
            mouse.Listener(on_move=self.count, on_click=self.count, on_scroll=self.count),
            keyboard.Listener(on_press=self.count, on_release=self.count),
        ]

    def start(self):
        for listener in self.listeners:
            listener.start()
        for listener in self.listeners:
            listener.wait()
        self.thread.start()

    def stop(self):
        self.running = False
        self.thread.join()
        for listener in self.listeners:
            listener.stop()

    def count(self, *_):
        self.stored += 1

    def take(self):
        with mss.mss() as grabber:
            monitor = grabber.monitors[0]
            due = time.monotonic()
            while self.running:
                # What any recorder has to do at least: have the pixels in hand.
                if len(grabber.grab(monitor).raw) > 0:
                    self.frames += 1
                due = max(due + 1 / FPS, time.monotonic())
                time.sleep(max(0, due - time.monotonic()))


def say(answer):
    print(json.dumps(answer), flush=True)


def main():
    recorder = Recorder()
    say({"ready": True})
    for line in sys.stdin:
        if json.loads(line).get("start"):
            recorder.start()
            say({})
        else:
            recorder.stop()
            say({"stored": recorder.stored, "frames": recorder.frames})
            # Listeners that wait for X would keep it from ending.
            os._exit(0)


main()
