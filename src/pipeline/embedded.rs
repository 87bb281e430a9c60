//! The project files inside the binary: what `init` writes and what a fresh machine needs. Refuses to change them.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// `talenta.toml` of a new project.
pub const SETTINGS: &str = r#"# Settings of this machine. No secrets here: a password is named by the environment variable that holds it.
version = 1
lake = "lake"
state = "state.sqlite"

[office]
instansi = "Pemerintah Provinsi Kalimantan Tengah"
unit = "Badan Kepegawaian Daerah"
alamat = "Palangka Raya, Kalimantan Tengah"

[mail]
from = "Talenta Kalteng <talenta@localhost>"
# operator = "Operator <operator@example.go.id>"   # hears of failures, gets test messages and the daily line
# operator_hour = 7                # of that line, WIB
# files_at = "https://talenta.example.go.id"       # where readers fetch what is too large to be mailed
# domains = ["*.go.id"]            # mail goes nowhere else
# Messages are written as files here until a server is configured.
folder = "surat"

# [mail.smtp]                      # replaces `folder`
# host = "mail.example.go.id"
# port = 587
# tls = "starttls"                 # or "wrapper" (port 465); "none" only for a loopback host
# user = "talenta"
# password_env = "TALENTA_SMTP_PASSWORD"
# hello = "talenta.example.go.id"
# seconds_max = 900                # for one message; one step of it; the answer to its last dot
# step_seconds_max = 60
# answer_seconds_max = 600

# [limits]                         # every limit has a name, a unit and a default
# file_bytes_max = 1073741824
# unzipped_bytes_max = 67108864
# rows_max = 2000000
# worker_memory_bytes_max = 4294967296
# file_seconds_max = 300
# query_memory_bytes_max = 1073741824
# query_seconds_max = 120
# report_seconds_max = 120
# result_rows_max = 10000
# attachment_bytes_max = 10485760
# message_bytes_max = 10000000
# retry_hours_max = 48
# recipients_max = 200
"#;
