//! Titles without names: of the user, of the machine, of home folders.

use regex::{NoExpand, Regex, RegexBuilder};

use crate::error::{Error, ErrorKind, Result};
use crate::event::{App, ContextEvent, KeyboardAction, KeyboardEvent, Window};
use crate::record::Record;

/// Home folders, as systems name them, and what shells put before a path.
const HOMES: [(&str, &str); 3] = [
    (r"(?:/home|/Users|/var/home|/export/home)/[^/\s:]+", "~"),
    (r"(?i)[a-z]:[\\/]users[\\/][^\\/:]+", "~"),
    (r"^[^\s@:/]+@[^\s@:/]+(?:$|[:\s])", "user@host:"),
];
/// A name that stands everywhere by chance would leave holes in every title.
const LEAST_NAME: usize = 3;

/// Takes names out of what is told in words.
pub struct Scrub {
    rules: Vec<(Regex, &'static str)>,
}

impl Scrub {
    /// Takes these names out, as whole words, whatever their case; and home folders.
    ///
    /// # Errors
    /// `InvalidArgument` for a name that is too long to be looked for.
    pub fn new(names: &[String]) -> Result<Self> {
        let refused = |_| Error::new(ErrorKind::InvalidArgument, "a name that is to be left out is too long");
        let mut rules = Vec::new();
        for (pattern, instead) in HOMES {
            rules.push((Regex::new(pattern).map_err(refused)?, instead));
        }
        for name in names.iter().filter(|name| name.chars().count() >= LEAST_NAME) {
            let pattern = format!(r"(?:\b|_){}(?:\b|_)", regex::escape(name));
            rules.push((RegexBuilder::new(&pattern).case_insensitive(true).build().map_err(refused)?, "name"));
        }
        Ok(Self { rules })
    }

    /// A text without them.
    pub fn text(&self, text: &str) -> String {
        let replace =
            |text: String, (rule, instead): &(Regex, &str)| rule.replace_all(&text, NoExpand(instead)).into_owned();
        self.rules.iter().fold(text.to_owned(), replace)
    }

    /// A record without them, where it holds words that the system wrote.
    pub(super) fn record(&self, record: Record) -> Record {
        match record {
            Record::Context(event) => Record::Context(self.context(event)),
            Record::Keyboard(KeyboardEvent { action: KeyboardAction::Layout(mut layout), modifiers, injected }) => {
                layout.name = self.text(&layout.name);
                Record::Keyboard(KeyboardEvent { action: KeyboardAction::Layout(layout), modifiers, injected })
            }
            other => other,
        }
    }

    fn context(&self, event: ContextEvent) -> ContextEvent {
        match event {
            ContextEvent::Focus(window) => ContextEvent::Focus(window.map(|window| self.window(window))),
            ContextEvent::Window(window) => ContextEvent::Window(self.window(window)),
            ContextEvent::Monitors(mut monitors) => {
                monitors.iter_mut().for_each(|monitor| monitor.name = self.text(&monitor.name));
                ContextEvent::Monitors(monitors)
            }
            ContextEvent::Workspace(mut workspace) => {
                workspace.name = self.text(&workspace.name);
                ContextEvent::Workspace(workspace)
            }
            ContextEvent::Element(contact, mut element) => {
                element.name = self.text(&element.name);
                element.app.iter_mut().for_each(|app| self.app(app));
                ContextEvent::Element(contact, element)
            }
        }
    }

    fn window(&self, mut window: Window) -> Window {
        window.title = self.text(&window.title);
        window.app.iter_mut().for_each(|app| self.app(app));
        window
    }

    fn app(&self, app: &mut App) {
        app.id = self.text(&app.id);
        app.instance = self.text(&app.instance);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_tells_a_home_folder_a_user_or_a_host() {
        let names = ["ada".into(), "Lovelace-PC".into(), "x".into(), "a.b".into()];
        let scrub = Scrub::new(&names).expect("names");
        for (title, told) in [
            ("ada@lovelace-pc: ~/src", "user@host: ~/src"),
            ("vim /home/grace/notes.txt", "vim ~/notes.txt"),
            (r"C:\Users\Grace Hopper\Desktop - Explorer", r"~\Desktop - Explorer"),
            ("file:///Users/grace/x.pdf", "file://~/x.pdf"),
            ("ADA's todo on lovelace-pc", "name's todo on name"),
            ("Canada, maxx, axb", "Canada, maxx, axb"),
            ("/home/ada", "~"),
        ] {
            assert_eq!(scrub.text(title), told);
        }
    }
}
