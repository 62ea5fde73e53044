//! Where sockets lie: a folder of this user's that nobody else may enter.

use std::env;
use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, ErrorKind as IoErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Mutex, PoisonError};

use rustix::process::geteuid;
use understudy_core::error::{Error, ErrorKind, Result};

/// Recorders of one process do not take each other's names.
static BINDING: Mutex<()> = Mutex::new(());
/// Recorders of one process, and files that others left under the same number.
const TRIES: u32 = 1024;

/// A socket of its own, in the folder of sockets. It gets its name when it is served: whoever looks for recorders takes one that nobody
/// listens at for a dead one's.
pub(super) fn bind(folder: &Path) -> Result<(UnixListener, PathBuf)> {
    let _one_at_a_time = BINDING.lock().unwrap_or_else(PoisonError::into_inner);
    for number in 0..TRIES {
        let path = folder.join(format!("{}-{number}.sock", process::id()));
        // Of a process that had this one's number, and is gone.
        clear(&path);
        if !path.exists() {
            return bind_at(&path).map_err(|e| Error::io(path.display(), &e)).map(|listener| (listener, path));
        }
    }
    Err(Error::new(ErrorKind::Io, format!("{}: no place for another socket", folder.display())))
}

fn bind_at(path: &Path) -> io::Result<UnixListener> {
    let draft = path.with_extension("new");
    match fs::remove_file(&draft) {
        Err(e) if e.kind() != IoErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let listener = UnixListener::bind(&draft)?;
    fs::set_permissions(&draft, Permissions::from_mode(0o600))?;
    fs::rename(&draft, path)?;
    Ok(listener)
}

/// Removes a socket that nobody listens at.
fn clear(path: &Path) {
    if UnixStream::connect(path).is_err_and(|e| e.kind() == IoErrorKind::ConnectionRefused) {
        let _ = fs::remove_file(path);
    }
}

/// The folder, made where it is missing.
pub(super) fn folder() -> Result<PathBuf> {
    let (above, folder) = choose(env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from), env::home_dir())?;
    if above != folder.parent().unwrap_or(&folder) {
        // Below the home folder there may be nothing yet.
        let parent = folder.parent().unwrap_or(&above);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(parent);
        made.map_err(|e| Error::io(parent.display(), &e))?;
    }
    check_above(&above)?;
    match DirBuilder::new().mode(0o700).create(&folder) {
        Err(e) if e.kind() != IoErrorKind::AlreadyExists => return Err(Error::io(folder.display(), &e)),
        _ => check(&folder)?,
    }
    Ok(folder)
}

/// The folder that must be there, and in it or below it that of the sockets.
fn choose(runtime: Option<PathBuf>, home: Option<PathBuf>) -> Result<(PathBuf, PathBuf)> {
    let absolute = |path: &PathBuf| path.is_absolute();
    if let Some(runtime) = runtime.filter(absolute) {
        let folder = runtime.join("understudy");
        return Ok((runtime, folder));
    }
    let message =
        "neither XDG_RUNTIME_DIR nor HOME is an absolute path: the socket that controls a recorder has no place";
    let home = home.filter(absolute).ok_or_else(|| Error::new(ErrorKind::InvalidArgument, message))?;
    let folder = home.join(".local/state/understudy/run");
    Ok((home, folder))
}

/// Nobody else may put another folder in its place.
fn check_above(above: &Path) -> Result<()> {
    let metadata = fs::metadata(above).map_err(|e| Error::io(above.display(), &e))?;
    let (mode, owner) = (metadata.mode(), metadata.uid());
    let is_safe = (owner == geteuid().as_raw() || owner == 0) && (mode & 0o022 == 0 || mode & 0o1000 != 0);
    if is_safe { Ok(()) } else { Err(refused(above, "others may change what is in it")) }
}

fn check(folder: &Path) -> Result<()> {
    let metadata = fs::symlink_metadata(folder).map_err(|e| Error::io(folder.display(), &e))?;
    if !metadata.is_dir() {
        return Err(refused(folder, "it is no folder"));
    }
    if metadata.uid() != geteuid().as_raw() {
        return Err(refused(folder, "it belongs to another user"));
    }
    if metadata.mode() & 0o077 != 0 {
        return Err(refused(folder, "others may enter it: run `chmod 700` on it"));
    }
    Ok(())
}

fn refused(folder: &Path, why: &str) -> Error {
    let message = format!("the socket that controls a recorder cannot lie in {}: {why}", folder.display());
    Error::new(ErrorKind::PermissionDenied, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder = env::temp_dir().join(format!("understudy-place-{}-{name}", process::id()));
        DirBuilder::new().mode(0o700).create(&folder).expect("makes a folder");
        folder
    }

    #[test]
    fn the_runtime_folder_or_the_state_folder_below_home() {
        let home = || Some(PathBuf::from("/home/me"));
        let state = PathBuf::from("/home/me/.local/state/understudy/run");
        let chosen = choose(Some("/run/user/7".into()), home()).expect("chooses");
        assert_eq!(chosen, ("/run/user/7".into(), "/run/user/7/understudy".into()));
        assert_eq!(choose(None, home()).expect("chooses").1, state);
        assert_eq!(choose(Some("not/absolute".into()), home()).expect("chooses").1, state);
        assert_eq!(choose(None, None).expect_err("has none").kind(), ErrorKind::InvalidArgument);
    }

    #[test]
    fn a_folder_that_others_may_enter_or_that_is_a_link_is_refused() {
        let folder = scratch("modes");
        check(&folder).expect("is fine");
        for mode in [0o701, 0o710, 0o777] {
            fs::set_permissions(&folder, Permissions::from_mode(mode)).expect("sets");
            assert_eq!(check(&folder).expect_err("is open").kind(), ErrorKind::PermissionDenied, "{mode:o}");
        }
        fs::set_permissions(&folder, Permissions::from_mode(0o777)).expect("sets");
        assert_eq!(check_above(&folder).expect_err("is open").kind(), ErrorKind::PermissionDenied);
        fs::set_permissions(&folder, Permissions::from_mode(0o1777)).expect("sets");
        check_above(&folder).expect("is as /tmp is");
        let link = folder.join("link");
        std::os::unix::fs::symlink("/", &link).expect("links");
        assert_eq!(check(&link).expect_err("is a link").kind(), ErrorKind::PermissionDenied);
        fs::remove_dir_all(&folder).expect("removes");
    }

    #[test]
    fn what_a_dead_process_left_is_cleared_and_what_lives_is_not() {
        let folder = scratch("stale");
        let (dead, living) = (folder.join("dead.sock"), folder.join("living.sock"));
        drop(UnixListener::bind(&dead).expect("binds"));
        let listener = UnixListener::bind(&living).expect("binds");
        clear(&dead);
        clear(&living);
        assert!(!dead.exists() && living.exists());
        drop(listener);
        fs::remove_dir_all(&folder).expect("removes");
    }
}
