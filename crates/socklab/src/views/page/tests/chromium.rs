//! A Chromium without a window, which a test drives through its debugging pipe
//! ([the protocol](https://chromedevtools.github.io/devtools-protocol/)).
//!
//! Messages are JSON, each ended by a NUL byte: commands go to descriptor 3, answers and events come from descriptor 4.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long an answer may take before a test fails: far longer than it ever takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where Chromium is looked for.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The browser's standard streams become the descriptors of the pipe.
const PLUMBING: &str = r#"exec 3<&0 4>&1 </dev/null >/dev/null; exec "$@""#;

const FLAGS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1440,900",
    "--remote-debugging-pipe",
];

/// A browser with one page; it ends with this.
pub(in super::super) struct Browser {
    child: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    sent: u64,
    session: Option<String>,
    /// What came that was no answer.
    pub(in super::super) events: Vec<Value>,
    _profile: TempDir,
}

impl Browser {
    /// Starts one, if this machine has it.
    pub(in super::super) fn start() -> Option<Self> {
        let Some(program) = installed() else {
            skip("the page in a browser", "chromium is not installed");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", PLUMBING, "sh"]).arg(program).args(FLAGS);
        command.arg(format!("--user-data-dir={}", profile.path().display())).arg("about:blank");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut child = command.spawn().unwrap();
        let (commands, answers) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, messages) = channel();
        thread::spawn(move || pass_on(BufReader::new(answers), &sender));
        let (sent, session, events) = (0, None, Vec::new());
        let mut browser = Self { child, commands, messages, sent, session, events, _profile: profile };
        browser.attach();
        Some(browser)
    }

    /// Opens a file, with nothing of what was before, and waits until it is loaded.
    pub(in super::super) fn open(&mut self, file: &Path) {
        self.events.clear();
        self.call("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        self.wait_for("Page.loadEventFired");
    }

    /// Sends a command and waits for its answer.
    pub(in super::super) fn call(&mut self, method: &str, params: Value) -> Value {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method });
        message["params"] = params;
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.commands.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let answer = self.messages.recv_timeout(PATIENCE).expect(method);
            if answer["id"] == self.sent {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    /// The value of an expression in the page; of a promise, what it becomes.
    pub(in super::super) fn value(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", params);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Presses and releases a key.
    pub(in super::super) fn press(&mut self, key: &str) {
        let text = match key {
            "Enter" => "\r",
            letter if letter.len() == 1 => letter,
            _ => "",
        };
        let down = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
        self.call("Input.dispatchKeyEvent", json!({ "type": down, "key": key, "text": text }));
        self.call("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": key }));
    }

    /// Clicks in the middle of an element, as a mouse does.
    pub(in super::super) fn click(&mut self, expression: &str) {
        let middle = format!(
            "(() => {{ const it = {expression}; it.scrollIntoView({{ block: 'nearest' }}); \
             const box = it.getBoundingClientRect(); \
             return [box.left + box.width / 2, box.top + box.height / 2]; }})()"
        );
        let at = self.value(&middle);
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({ "type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", params);
        }
    }

    /// Waits for an event.
    fn wait_for(&mut self, method: &str) {
        while !self.events.iter().any(|event| event["method"] == method) {
            let event = self.messages.recv_timeout(PATIENCE).expect(method);
            self.events.push(event);
        }
    }

    /// The events with this name.
    pub(in super::super) fn seen(&self, method: &str) -> Vec<&Value> {
        self.events.iter().filter(|event| event["method"] == method).collect()
    }

    /// Takes the page that the browser began with, and asks to be told of it.
    fn attach(&mut self) {
        let target = self.call("Target.createTarget", json!({ "url": "about:blank" }));
        let params = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.call("Target.attachToTarget", params);
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Its helpers are of its group.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Passes messages on until the pipe ends.
fn pass_on(mut answers: impl BufRead, sender: &Sender<Value>) {
    let mut message = Vec::new();
    while answers.read_until(0, &mut message).is_ok_and(|length| length > 0) {
        let read = serde_json::from_slice(message.strip_suffix(b"\0").unwrap_or(&message));
        message.clear();
        if read.ok().is_none_or(|value| sender.send(value).is_err()) {
            return;
        }
    }
}

fn installed() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let places: Vec<_> = env::split_paths(&path).collect();
    let mut candidates = NAMES.iter().flat_map(|name| places.iter().map(move |place| place.join(name)));
    candidates.find(|candidate| candidate.is_file())
}

/// Says that something is left out and why, or fails when nothing may be left out.
fn skip(what: &str, why: &str) {
    let is_required = env::var_os("SOCKLAB_REQUIRE_TOOLS").is_some_and(|value| value == "1");
    assert!(!is_required, "{what} cannot run: {why}");
    // Not by a macro, whose output the harness keeps to itself while a test passes.
    let _ = writeln!(io::stderr(), "SKIP: {what} ({why})");
}
