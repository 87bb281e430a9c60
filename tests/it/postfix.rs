//! A real server: an instance of Postfix of its own on a loopback port takes messages and puts each into its reader's mailbox.

use crate::harness::{TestProject, province, slow};
use crate::mail::{folder_of_report, outbox, relay, whole};
use crate::outbox::{one_reader, only_report};
use crate::report::files;
use sha2::{Digest as _, Sha256};
use std::fs::{self, Permissions};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// Who owns the mailboxes; root may not.
const NOBODY: u32 = 65534;
/// Longest wait for the server.
const PATIENCE: Duration = Duration::from_secs(60);

const SERVICES: &str = "\
pickup     unix  n  -  n  60   1  pickup
cleanup    unix  n  -  n  -    0  cleanup
qmgr       unix  n  -  n  300  1  qmgr
rewrite    unix  -  -  n  -    -  trivial-rewrite
bounce     unix  -  -  n  -    0  bounce
defer      unix  -  -  n  -    0  bounce
trace      unix  -  -  n  -    0  bounce
error      unix  -  -  n  -    -  error
retry      unix  -  -  n  -    -  error
virtual    unix  -  n  n  -    -  virtual
anvil      unix  -  -  n  -    1  anvil
postlog    unix-dgram n - n -  1  postlogd
";

/// A server with its own settings, queue, mailboxes and log. Stopped when it is dropped.
struct Server {
    folder: tempfile::TempDir,
    port: u16,
}

impl Server {
    /// A server with a mailbox for each of `readers` at localhost. Nothing where Postfix is not installed or this is not root.
    fn start(readers: &[String]) -> Option<Self> {
        let ours = |path: &Path| chown(path, Some(NOBODY), Some(NOBODY));
        if !Path::new("/usr/sbin/postfix").is_file() {
            eprintln!("Postfix is not installed: its test is left out");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let boxes = folder.path().join("kotak");
        fs::create_dir(&boxes).unwrap();
        if ours(&boxes).is_err() {
            eprintln!("Postfix needs root: its test is left out");
            return None;
        }
        // The server's processes give up root and must still come through.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { folder, port };
        server.configure(readers);
        let log = server.postfix("start");
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", server.port)).is_err() {
            assert!(Instant::now() < until, "Postfix does not listen\n{log}\n{}", server.log());
            thread::sleep(Duration::from_millis(100));
        }
        Some(server)
    }

    fn configure(&self, readers: &[String]) {
        let settings = self.path("etc");
        fs::create_dir(&settings).unwrap();
        let root = self.folder.path().display();
        let main = format!(
            "compatibility_level = 3.6\nmyhostname = uji.localhost\nmydestination =\n\
             queue_directory = {root}/antrean\ndata_directory = {root}/data\n\
             maillog_file = {root}/log\nmaillog_file_prefixes = {root}\n\
             inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmynetworks = 127.0.0.0/8\n\
             smtpd_peername_lookup = no\nsmtpd_relay_restrictions = permit_mynetworks, reject\n\
             alias_maps =\nalias_database =\nlocal_recipient_maps =\nlocal_transport = error:no local mail\n\
             virtual_mailbox_domains = localhost\nvirtual_mailbox_base = {root}/kotak\n\
             virtual_mailbox_maps = texthash:{root}/etc/boxes\nvirtual_minimum_uid = 100\n\
             virtual_uid_maps = static:{NOBODY}\nvirtual_gid_maps = static:{NOBODY}\n"
        );
        fs::write(settings.join("main.cf"), main).unwrap();
        let boxes: String = readers.iter().map(|it| format!("{it}@localhost {it}/\n")).collect();
        fs::write(settings.join("boxes"), boxes).unwrap();
        let listen = format!("127.0.0.1:{}  inet  n  -  n  -  -  smtpd\n", self.port);
        fs::write(settings.join("master.cf"), format!("{listen}{SERVICES}")).unwrap();
        for folder in ["antrean", "data"] {
            fs::create_dir(self.path(folder)).unwrap();
        }
        let set = Command::new("chown").arg("postfix").arg(self.path("data")).status().unwrap();
        assert!(set.success());
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn postfix(&self, command: &str) -> String {
        let output = Command::new("/usr/sbin/postfix").arg("-c").arg(self.path("etc")).arg(command).output().unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// The messages in a reader's mailbox, once there is one.
    fn delivered(&self, reader: &str) -> Vec<Vec<u8>> {
        let until = Instant::now() + PATIENCE;
        let folder = self.path(&format!("kotak/{reader}/new"));
        loop {
            if folder.is_dir() {
                let found: Vec<Vec<u8>> = files(&folder).into_values().collect();
                if !found.is_empty() {
                    return found;
                }
            }
            assert!(Instant::now() < until, "nothing was delivered\n{}", self.log());
            thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.postfix("stop");
    }
}

#[test]
fn a_message_passes_a_real_server_unchanged() {
    if !slow("delivery by a real mail server") {
        return;
    }
    let Some(server) = Server::start(&["sekda".into()]) else { return };
    let project = TestProject::copy_of(province());
    let ledger = ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"];
    ledger.iter().for_each(|file| drop(fs::remove_file(project.path(file))));
    one_reader(&project);
    only_report(&project, "");
    relay(&project, server.port);
    project.talenta(&["run", "bulanan", "--period", "2025-12"]).code(0).says("mail: 1 new, 1 sent");
    let stored = &outbox(&project)[0];
    assert_eq!(stored["state"], "DITERIMA");
    assert!(stored["last_reply"].as_str().unwrap().starts_with("250 2.0.0 Ok: queued as "), "{stored}");
    let all = server.delivered("sekda");
    assert_eq!(all.len(), 1);
    // The server puts its own lines in front and ends lines as files do; the rest is what was stored, to the byte.
    let text = String::from_utf8(all[0].clone()).unwrap();
    let from = text.find("\nDate: ").unwrap() + 1;
    let (trace, sent) = text.split_at(from);
    assert!(trace.contains("Delivered-To: sekda@localhost") && trace.contains("Return-Path: <talenta@localhost>"));
    let wire = sent.replace('\n', "\r\n");
    let digest: String = Sha256::digest(wire.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(stored["sha256"], digest.as_str());
    whole(wire.as_bytes(), &folder_of_report(&project));
    assert_eq!(stored["bytes"], wire.len());
}

/// What the server put in front taken off, and its line ends turned back: what went over the wire.
fn wire(delivered: &[u8]) -> String {
    let text = String::from_utf8(delivered.to_vec()).unwrap();
    let from = text.find("\nDate: ").unwrap() + 1;
    text[from..].replace('\n', "\r\n")
}

#[test]
fn twenty_readers_find_their_own_message_in_their_own_mailbox() {
    if !slow("twenty readers of a real mail server") {
        return;
    }
    let readers: Vec<String> = (1..=20).map(|nth| format!("pembaca{nth}")).collect();
    let Some(server) = Server::start(&readers) else { return };
    let project = TestProject::copy_of(province());
    let ledger = ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"];
    ledger.iter().for_each(|file| drop(fs::remove_file(project.path(file))));
    one_reader(&project);
    // In place of it: twenty who are like it in all but name and address.
    project.edit("recipients.toml", |text| {
        let (head, rest) = text.split_once("[[recipient]]").unwrap();
        let own = rest.split("[[recipient]]").next().unwrap();
        let line = |key: &str| own.lines().find(|it| it.starts_with(key)).unwrap_or_default().to_string();
        let (name, address) = (line("name = "), line("address = "));
        let one = |it: &String| {
            let own = own.replace(&name, &format!("name = \"Ibu {it}\""));
            format!("[[recipient]]{}", own.replace(&address, &format!("address = \"{it}@localhost\"")).trim_end())
        };
        format!("{head}{}\n", readers.iter().map(one).collect::<Vec<_>>().join("\n\n"))
    });
    only_report(&project, "");
    relay(&project, server.port);
    project.talenta(&["run", "bulanan", "--period", "2025-12"]).code(0).says("mail: 20 new, 20 sent");
    let stored = outbox(&project);
    for reader in &readers {
        let all = server.delivered(reader);
        assert_eq!(all.len(), 1, "{reader}");
        let wire = wire(&all[0]);
        let digest: String = Sha256::digest(wire.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let own = stored.iter().find(|it| it["address"] == format!("{reader}@localhost")).unwrap();
        assert_eq!((&own["sha256"], &own["state"]), (&digest.into(), &"DITERIMA".into()));
        let message = mail_parser::MessageParser::default().parse(wire.as_bytes()).unwrap();
        let text = message.body_text(0).unwrap();
        assert!(text.contains(&format!("Yth. Ibu {reader}")), "{text}");
        let others = readers.iter().filter(|it| *it != reader);
        assert!(!others.clone().any(|it| wire.contains(&format!("{it}@localhost"))), "{reader} sees nobody else");
    }
    project.talenta(&["run", "bulanan", "--period", "2025-12"]).code(0).says("mail: 0 new, 0 sent");
}
