//! Writes a script: someone takes notes, runs commands, looks into a vault, moves a window.

use std::time::Duration;

use understudy_core::backend::ElementEvent;
use understudy_core::clock::Time;
use understudy_core::event::{
    Button, Code, ContextEvent, InputEvent, Key, KeyboardAction, KeyboardEvent, Modifiers, PointerAction, PointerEvent,
    RawDelta, Sample, Wheel, Workspace,
};
use understudy_core::frame::{Position, Rect, Size};
use understudy_core::typed::Role;

use super::desktop::{BAR, Change, Desktop, EDITOR, TERMINAL, VAULT, mix, signed};
use super::script::Script;

const WORDS: [&str; 16] = [
    "the",
    "understudy",
    "learns",
    "a",
    "part",
    "by",
    "watching",
    "Someone",
    "who",
    "agreed",
    "to",
    "be",
    "watched,",
    "Nothing",
    "is",
    "kept",
];
const COMMANDS: [&str; 4] = ["ls -la", "cat notes.txt", "make test", "git log"];

pub(super) struct Author {
    script: Script,
    desktop: Desktop,
    /// Of the desktop now.
    size: Size,
    focus: usize,
    chance: u64,
    now: Time,
    end: Time,
}

impl Author {
    pub(super) fn new(script: Script) -> Self {
        let options = script.options();
        Self {
            desktop: Desktop::new(options.size, options.format, None),
            size: options.size,
            focus: EDITOR,
            chance: mix(options.seed),
            now: Time::ZERO,
            end: Time::ZERO.after(options.duration),
            script,
        }
    }

    pub(super) fn write(mut self) -> Script {
        self.context(ContextEvent::Monitors(Script::monitors(self.size)));
        self.context(ContextEvent::Workspace(Workspace { index: 0, name: "main".to_owned() }));
        self.context(ContextEvent::Focus(Some(self.desktop.window(EDITOR))));
        self.element(ElementEvent::Focused { role: field(EDITOR), element: Some(self.desktop.element(EDITOR)) });
        self.key_event(Modifiers::NONE, KeyboardAction::Layout(Script::layout()));
        self.key_event(Modifiers::NONE, KeyboardAction::Modifiers);
        self.rest(200);
        while self.now < self.end {
            self.take_notes();
            self.run_a_command();
            self.look_into_the_vault();
            self.move_the_editor();
        }
        self.script
    }

    fn take_notes(&mut self) {
        self.go_to(EDITOR);
        self.title(EDITOR, "*notes.txt - Editor");
        for _ in 0..5 {
            let word = WORDS[self.choose(WORDS.len())];
            self.type_text(word);
            self.type_text(" ");
        }
        self.type_text("\n");
        self.title(EDITOR, "notes.txt - Editor");
        self.rest(400);
    }

    fn run_a_command(&mut self) {
        self.go_to(TERMINAL);
        let command = COMMANDS[self.choose(COMMANDS.len())];
        self.type_text(command);
        self.type_text("\n");
        for _ in 0..12 + self.choose(20) {
            let line: Vec<&str> = (0..4 + self.choose(6)).map(|_| WORDS[self.choose(WORDS.len())]).collect();
            self.change(Change::Print(TERMINAL, line.join(" ")));
            self.rest(15);
        }
        for down in [-1, -1, -1, 1, 1, 1] {
            self.point(PointerAction::Wheel(Wheel { delta_x: 0, delta_y: down * 120, smooth: false }));
            self.change(Change::Scroll(TERMINAL, down * 3));
            self.rest(90);
        }
        self.rest(300);
    }

    fn look_into_the_vault(&mut self) {
        self.go_to(VAULT);
        self.title(VAULT, "Vault - secrets");
        self.type_text("s3cret");
        self.change(Change::Print(VAULT, "account 4929 1234 5678 9012".to_owned()));
        self.rest(300);
    }

    fn move_the_editor(&mut self) {
        self.go_to(EDITOR);
        let start = self.desktop.window(EDITOR).bounds;
        let handle = |bounds: Rect| Position { x: bounds.x + signed(bounds.width / 2), y: bounds.y + signed(BAR / 2) };
        self.move_to(handle(start));
        self.point(PointerAction::Down(Button(0)));
        self.rest(40);
        self.element(self.stayed());
        let (dx, dy) = (self.drift(self.size.width), self.drift(self.size.height));
        let room = |length: u32, taken: u32| signed(length.saturating_sub(taken));
        let goal = Position {
            x: (start.x + dx).clamp(0, room(self.size.width, start.width)),
            y: (start.y + dy).clamp(0, room(self.size.height, start.height)),
        };
        let steps = 12;
        for step in 1..=steps {
            let part = |from: i32, to: i32| from + (to - from) * step / steps;
            let position = Position { x: part(start.x, goal.x), y: part(start.y, goal.y) };
            self.step_to(handle(Rect { x: position.x, y: position.y, ..start }));
            self.change(Change::Move(EDITOR, position));
            self.context(ContextEvent::Window(self.desktop.window(EDITOR)));
            self.rest(16);
        }
        self.point(PointerAction::Up(Button(0)));
        self.rest(300);
    }

    /// Points at a window, clicks it to the front.
    fn go_to(&mut self, app: usize) {
        let bounds = self.desktop.window(app).bounds;
        let (across, down) = (self.choose(40) as i32, self.choose(40) as i32);
        // Windows stand apart by a sixth of the screen, so that this corner of each shows.
        self.move_to(Position { x: bounds.x + 8 + across, y: bounds.y + signed(BAR) + 8 + down });
        self.point(PointerAction::Down(Button(0)));
        self.element(ElementEvent::Clicked(self.desktop.element(app)));
        self.rest(4);
        if self.focus != app {
            self.focus = app;
            self.change(Change::Raise(app));
            self.context(ContextEvent::Focus(Some(self.desktop.window(app))));
            self.element(ElementEvent::Focused { role: field(app), element: Some(self.desktop.element(app)) });
        } else {
            self.element(self.stayed());
        }
        self.rest(60);
        self.point(PointerAction::Up(Button(0)));
        self.rest(120);
    }

    fn move_to(&mut self, goal: Position) {
        let start = self.desktop.pointer();
        let step = Duration::from_nanos(1_000_000_000 / u64::from(self.script.options().motion_hz));
        let steps = i64::try_from(400_000_000 / step.as_nanos().max(1)).unwrap_or(1).max(1);
        for at in 1..=steps {
            // Smoothstep in integers: the same on every machine.
            let (t, whole) = (i128::from(at), i128::from(steps));
            let eased = |from: i32, to: i32| {
                let way = i128::from(to - from) * t * t * (3 * whole - 2 * t) / (whole * whole * whole);
                from + i32::try_from(way).unwrap_or(0)
            };
            self.step_to(Position { x: eased(start.x, goal.x), y: eased(start.y, goal.y) });
            self.now = self.now.after(step);
            self.resize();
        }
    }

    fn step_to(&mut self, goal: Position) {
        let edge = |length: u32| signed(length.saturating_sub(1));
        let goal = Position { x: goal.x.clamp(0, edge(self.size.width)), y: goal.y.clamp(0, edge(self.size.height)) };
        let start = self.desktop.pointer();
        self.change(Change::Pointer(goal));
        let raw = RawDelta { x: (goal.x - start.x) * 256, y: (goal.y - start.y) * 256 };
        self.point(PointerAction::Move { raw: Some(raw) });
    }

    fn type_text(&mut self, text: &str) {
        for typed in text.chars() {
            let (code, shifted) = place(typed);
            let modifiers = if shifted { Modifiers::SHIFT } else { Modifiers::NONE };
            let shift = Key { code: Code::from_static("ShiftLeft"), key: "Shift".to_owned(), text: String::new() };
            if shifted {
                self.key_event(modifiers, KeyboardAction::Down { key: shift.clone(), repeat: false });
                self.rest(20);
            }
            let (name, text) =
                if typed == '\n' { ("Enter".to_owned(), String::new()) } else { (typed.into(), typed.into()) };
            let key = Key { code, key: name, text };
            self.key_event(modifiers, KeyboardAction::Down { key: key.clone(), repeat: false });
            self.change(Change::Type(self.focus, typed));
            let held = 30 + self.choose(40);
            self.rest(held as u64);
            self.key_event(modifiers, KeyboardAction::Up { key });
            if shifted {
                self.key_event(Modifiers::NONE, KeyboardAction::Up { key: shift });
            }
            let pause = 30 + self.choose(80);
            self.rest(pause as u64);
        }
    }

    fn title(&mut self, app: usize, title: &str) {
        self.change(Change::Title(app, title.to_owned()));
        self.context(ContextEvent::Window(self.desktop.window(app)));
    }

    fn point(&mut self, action: PointerAction) {
        let event = PointerEvent { position: self.desktop.pointer(), injected: true, action };
        self.input(InputEvent::Pointer(event));
    }

    fn key_event(&mut self, modifiers: Modifiers, action: KeyboardAction) {
        self.input(InputEvent::Keyboard(KeyboardEvent { modifiers, injected: true, action }));
    }

    fn input(&mut self, value: InputEvent) {
        if self.now <= self.end {
            self.script.inputs.push(Sample { time: self.now, value });
        }
    }

    fn context(&mut self, value: ContextEvent) {
        if self.now <= self.end {
            self.script.contexts.push(Sample { time: self.now, value });
        }
    }

    fn stayed(&self) -> ElementEvent {
        ElementEvent::Stayed { id: self.desktop.element(self.focus).id, role: field(self.focus) }
    }

    fn element(&mut self, value: ElementEvent) {
        if self.now <= self.end {
            self.script.elements.push(Sample { time: self.now, value });
        }
    }

    fn change(&mut self, change: Change) {
        self.desktop.apply(&change);
        if self.now <= self.end {
            self.script.changes.push((self.now, change));
        }
    }

    fn rest(&mut self, millis: u64) {
        self.now = self.now.after(Duration::from_millis(millis));
        self.resize();
    }

    /// The size changes at the first moment at or after the scripted one at which the author looks up.
    fn resize(&mut self) {
        if let Some((at, size)) = self.script.options().resize_at
            && at <= self.now
            && size != self.size
        {
            self.size = size;
            self.change(Change::Resize(size));
            self.context(ContextEvent::Monitors(Script::monitors(size)));
        }
    }

    fn choose(&mut self, among: usize) -> usize {
        self.chance = mix(self.chance);
        (self.chance % among as u64) as usize
    }

    /// Up to an eighth of a length, either way.
    fn drift(&mut self, length: u32) -> i32 {
        let reach = length / 8;
        self.choose(reach as usize * 2 + 1) as i32 - signed(reach)
    }
}

/// What is known of the field in which an application's text is typed.
fn field(app: usize) -> Role {
    match app {
        EDITOR => Role::Known,
        VAULT => Role::Password,
        _ => Role::Unknown,
    }
}

/// Where a character is on a US keyboard, and whether with Shift.
fn place(typed: char) -> (Code, bool) {
    let code = match typed.to_ascii_lowercase() {
        letter @ 'a'..='z' => Code::parse(&format!("Key{}", letter.to_ascii_uppercase())),
        digit @ '0'..='9' => Code::parse(&format!("Digit{digit}")),
        ' ' => Some(Code::from_static("Space")),
        '\n' => Some(Code::from_static("Enter")),
        ',' => Some(Code::from_static("Comma")),
        '.' => Some(Code::from_static("Period")),
        '-' => Some(Code::from_static("Minus")),
        _ => None,
    };
    (code.unwrap_or(Code::UNIDENTIFIED), typed.is_ascii_uppercase())
}
