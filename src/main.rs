//! Starts the command line.

fn main() -> std::process::ExitCode {
    talenta::cli::main()
}
