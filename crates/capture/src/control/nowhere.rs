//! Systems without a socket that knows who asks: a recorder is controlled by its host alone.

use std::sync::Arc;

use understudy_core::control::Answer;
use understudy_core::error::Result;

/// Answers a question: a line without its line feed.
pub type Answerer = Arc<dyn Fn(&[u8]) -> Answer + Send + Sync>;

/// No socket.
pub struct ControlSocket;

impl ControlSocket {
    /// Makes none.
    ///
    /// # Errors
    /// None.
    pub fn bind() -> Result<Self> {
        Ok(Self)
    }

    /// Answers nobody.
    ///
    /// # Errors
    /// None.
    pub fn serve(self, _answerer: Answerer) -> Result<ControlServer> {
        Ok(ControlServer)
    }
}

/// No server.
pub struct ControlServer;

impl ControlServer {
    /// Has nothing to end.
    pub fn end(&self) {}
}
