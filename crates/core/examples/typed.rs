//! Plays typing scripts, NDJSON in and out: `{"id","events":[…]}` → `{"id","records":[…]}`.
//! `cargo run --example typed -- --trusted-field < scripts.ndjson`

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};
use understudy_core::detect::{Detector, Mode};
use understudy_core::typed::{Role, ScriptEvent, ScriptRecord, play};

#[derive(Deserialize)]
struct Script {
    id: serde_json::Value,
    events: Vec<ScriptEvent>,
}

#[derive(Serialize)]
struct Played {
    id: serde_json::Value,
    records: Vec<ScriptRecord>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let trusted = std::env::args().any(|argument| argument == "--trusted-field");
    let role = if trusted { Role::Known } else { Role::Unknown };
    for line in io::stdin().lock().lines() {
        let Script { id, events } = serde_json::from_str(&line?)?;
        let records = play(Detector::new(Mode::Balanced), events, role);
        let mut out = io::stdout().lock();
        serde_json::to_writer(&mut out, &Played { id, records })?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
