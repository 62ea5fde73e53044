//! What a process that handles secrets asks of the system for itself.

/// Keeps this process's memory out of core dumps and, on Linux, from other processes of the same user.
///
/// For a program of our own, such as the command line: a host decides for itself. As far as the system lets it, and never an error:
/// whoever is refused this is no worse off than before.
///
/// # Platform-specific
/// Does nothing on Windows, where crash dumps are the user's own setting.
pub fn harden() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
