//! The scripted desktop at a moment, and how it is drawn.

use understudy_core::event::{App, CursorImage, Element, ElementRole, Window};
use understudy_core::frame::{Frame, PixelFormat, Position, Rect, Size};

/// The applications, bottom first at the start. The last one stands for what a policy excludes.
pub(super) const APPS: [&str; 3] = ["Vault", "Terminal", "Editor"];
pub(super) const VAULT: usize = 0;
pub(super) const TERMINAL: usize = 1;
pub(super) const EDITOR: usize = 2;

/// Height of a title bar.
pub(super) const BAR: u32 = 24;
const CELL: (u32, u32) = (8, 16);
const MARGIN: u32 = 6;
/// Side of the squares in which pictures are compared.
const TILE: u32 = 16;

const WALL: u32 = 0x0030_5060;
const BORDER: u32 = 0x0010_1010;
const SPINNER: u32 = 0x00ff_8000;

/// What can happen to what is shown.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// A character is typed into a window; a line feed starts a line.
    Type(usize, char),
    /// A whole line is printed.
    Print(usize, String),
    /// The text moves by lines.
    Scroll(usize, i32),
    Move(usize, Position),
    Raise(usize),
    Title(usize, String),
    Pointer(Position),
    Resize(Size),
}

#[derive(Clone, Debug)]
pub(super) struct Desktop {
    size: Size,
    format: PixelFormat,
    fps: Option<u32>,
    pointer: Position,
    panes: [Pane; APPS.len()],
    /// Indices of panes, bottom first.
    order: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Pane {
    bounds: Rect,
    title: String,
    lines: Vec<String>,
    /// How many lines the text is scrolled back from its end.
    back: usize,
}

impl Desktop {
    /// The desktop at the start. With `fps`, a spinner turns once a picture.
    pub(super) fn new(size: Size, format: PixelFormat, fps: Option<u32>) -> Self {
        let pane = |index: usize| {
            let (at, width, height) = (u32::try_from(index).unwrap_or(0), size.width * 5 / 9, size.height * 5 / 9);
            let (x, y) = (size.width / 24 + at * size.width / 6, size.height / 24 + at * size.height / 6);
            let bounds = Rect { x: signed(x), y: signed(y), width, height };
            Pane { bounds, title: APPS[index].to_owned(), lines: vec![String::new()], back: 0 }
        };
        let pointer = Position { x: signed(size.width / 2), y: signed(size.height / 2) };
        Self { size, format, fps, pointer, panes: std::array::from_fn(pane), order: (0..APPS.len()).collect() }
    }

    pub(super) fn apply(&mut self, change: &Change) {
        match change {
            Change::Type(app, '\n') => self.panes[*app].lines.push(String::new()),
            Change::Type(app, typed) => {
                let pane = &mut self.panes[*app];
                pane.back = 0;
                if let Some(line) = pane.lines.last_mut() {
                    line.push(*typed);
                }
            }
            Change::Print(app, line) => {
                let lines = &mut self.panes[*app].lines;
                lines.insert(lines.len() - 1, line.clone());
            }
            Change::Scroll(app, lines) => {
                let pane = &mut self.panes[*app];
                let back = pane.back.saturating_add_signed(-(*lines as isize));
                pane.back = back.min(pane.lines.len().saturating_sub(1));
            }
            Change::Move(app, position) => {
                let bounds = &mut self.panes[*app].bounds;
                (bounds.x, bounds.y) = (position.x, position.y);
            }
            Change::Raise(app) => {
                self.order.retain(|index| index != app);
                self.order.push(*app);
            }
            Change::Title(app, title) => self.panes[*app].title.clone_from(title),
            Change::Pointer(position) => self.pointer = *position,
            Change::Resize(size) => self.size = *size,
        }
    }

    pub(super) fn pointer(&self) -> Position {
        self.pointer
    }

    pub(super) fn window(&self, app: usize) -> Window {
        Window {
            id: app as u64 + 1,
            app: Some(App { id: APPS[app].to_owned(), instance: APPS[app].to_lowercase() }),
            title: self.panes[app].title.clone(),
            bounds: self.panes[app].bounds,
        }
    }

    /// The field that text is typed into: a window's only one.
    pub(super) fn element(&self, app: usize) -> Element {
        let Window { id, app: owner, bounds, .. } = self.window(app);
        let (role, name) = match app {
            EDITOR => (ElementRole::from_static("textbox"), "Notes"),
            VAULT => (ElementRole::PASSWORD, ""),
            _ => (ElementRole::TERMINAL, "Terminal"),
        };
        let bounds = Rect { y: bounds.y + signed(BAR), height: bounds.height - BAR - 1, ..bounds };
        Element { id, window: id, app: owner, role, name: name.to_owned(), bounds: Some(bounds) }
    }

    /// All windows, bottom first.
    pub(super) fn windows(&self) -> Vec<Window> {
        self.order.iter().map(|app| self.window(*app)).collect()
    }

    /// Which window is under a position.
    pub(super) fn at(&self, position: Position) -> Option<usize> {
        let point = Rect { x: position.x, y: position.y, width: 1, height: 1 };
        self.order.iter().rev().copied().find(|app| self.panes[*app].bounds.intersect(point).is_some())
    }

    /// Whether the pointer is over text, where it has another shape.
    pub(super) fn beam(&self) -> bool {
        self.at(self.pointer).is_some_and(|app| self.pointer.y > self.panes[app].bounds.y + signed(BAR))
    }

    /// The picture, the pointer left out.
    pub(super) fn draw(&self, index: u64) -> Frame {
        let mut frame = Frame::new(self.size, self.format);
        let color = |color| self.color(color);
        frame.fill(self.size.bounds(), color(WALL));
        for app in &self.order {
            let Pane { bounds, title, lines, back } = &self.panes[*app];
            let tint = u32::try_from(*app).unwrap_or(0) * 0x0018_0c06;
            frame.fill(*bounds, color(BORDER));
            let bar = Rect { x: bounds.x + 1, y: bounds.y + 1, width: bounds.width - 2, height: BAR - 1 };
            frame.fill(bar, color(0x0040_4858 + tint));
            self.write(&mut frame, bar, 3, title, 0x00ff_ffff);
            let paper = Rect { y: bounds.y + signed(BAR), height: bounds.height - BAR - 1, ..bar };
            frame.fill(paper, color(0x00e0_e0d8 + tint / 2));
            let rows = ((paper.height.saturating_sub(2 * MARGIN)) / CELL.1) as usize;
            let end = lines.len() - back;
            for (row, line) in lines[end.saturating_sub(rows)..end].iter().enumerate() {
                let top = MARGIN + u32::try_from(row).unwrap_or(0) * CELL.1;
                self.write(&mut frame, paper, top, line, 0x0010_1820);
                if *back == 0 && row + 1 == rows.min(lines.len()) {
                    self.draw_caret(&mut frame, paper, top, line.chars().count());
                }
            }
        }
        if self.fps.is_some() {
            let step = u32::try_from(index % 40).unwrap_or(0);
            let rect = Rect { x: signed(4 + step), y: 4, width: 6, height: 6 };
            frame.fill(rect, color(SPINNER));
        }
        frame
    }

    /// Writes a line of glyphs; a cell that does not lie wholly on the paper and on the screen is left out.
    fn write(&self, frame: &mut Frame, paper: Rect, top: u32, text: &str, ink: u32) {
        let ink = self.color(ink);
        for (column, glyph) in text.chars().enumerate().filter(|(_, glyph)| *glyph != ' ') {
            let left = MARGIN + u32::try_from(column).unwrap_or(u32::MAX / 16) * CELL.0;
            let cell = Rect { x: paper.x + signed(left), y: paper.y + signed(top), width: CELL.0, height: CELL.1 };
            let inside = cell.intersect(paper).and_then(|cell| cell.intersect(self.size.bounds()));
            if inside != Some(cell) {
                continue;
            }
            let bits = mix(u64::from(glyph));
            for row in 0..10 {
                let line = frame.row_mut(cell.x.unsigned_abs() + 1, cell.y.unsigned_abs() + 3 + row, 6);
                for (column, pixel) in line.iter_mut().enumerate() {
                    if bits >> (row as usize * 6 + column) & 1 == 1 {
                        *pixel = ink;
                    }
                }
            }
        }
    }

    /// Behind the last character, so that a space shows too.
    fn draw_caret(&self, frame: &mut Frame, paper: Rect, top: u32, column: usize) {
        let left = MARGIN + u32::try_from(column).unwrap_or(u32::MAX / 16) * CELL.0;
        let caret = Rect { x: paper.x + signed(left), y: paper.y + signed(top), width: 2, height: CELL.1 };
        let inside = caret.intersect(paper).and_then(|caret| caret.intersect(self.size.bounds()));
        if inside == Some(caret) {
            frame.fill(caret, self.color(0x0010_1820));
        }
    }

    /// A colour of eight bits a channel in the desktop's own format.
    fn color(&self, color: u32) -> u32 {
        match self.format {
            PixelFormat::Bgrx10 => {
                let wide =
                    |shift: u32| ((color >> shift & 0xff) << 2 | (color >> shift & 0xff) >> 6) << (shift / 8 * 10);
                wide(0) | wide(8) | wide(16)
            }
            _ => color,
        }
    }
}

/// Where two pictures of the same size differ: rows of tiles, joined from left to right.
pub(super) fn changed(old: &Frame, new: &Frame) -> Vec<Rect> {
    let Size { width, height } = new.size();
    let mut rects: Vec<Rect> = Vec::new();
    for y in (0..height).step_by(TILE as usize) {
        let rows = y..height.min(y + TILE);
        if rows.clone().all(|row| old.row(0, row, width) == new.row(0, row, width)) {
            continue;
        }
        let mut last: Option<Rect> = None;
        for x in (0..width).step_by(TILE as usize) {
            let across = TILE.min(width - x);
            if rows.clone().all(|row| old.row(x, row, across) == new.row(x, row, across)) {
                rects.extend(last.take());
                continue;
            }
            let tile = Rect { x: signed(x), y: signed(y), width: across, height: rows.end - y };
            last = Some(last.map_or(tile, |rect| Rect { width: rect.width + across, ..rect }));
        }
        rects.extend(last);
    }
    rects
}

/// The pointer's image: an arrow, or a beam over text.
pub(super) fn cursor(beam: bool) -> CursorImage {
    let (width, height): (u16, u16) = if beam { (7, 16) } else { (12, 16) };
    let inside = |x: u16, y: u16| {
        if beam { x == 3 || y == 0 || y == height - 1 } else { x <= y && x + y < 18 }
    };
    let pixels = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .map(|(x, y)| if inside(x, y) { 0xff00_0000 } else { 0 })
        .collect();
    CursorImage { width, height, hotspot: if beam { (3, 8) } else { (0, 0) }, pixels }
}

/// A well-mixed number (splitmix64's finaliser): shapes of glyphs, and the script's chance.
pub(super) fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

/// Sizes and offsets on a desktop are far below 2^31.
pub(super) fn signed(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
