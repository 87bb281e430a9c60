//! Workers that answer, refuse, fall silent, babble and die; played by programs every system has. Refuses a shell.

use super::*;
use crate::model::frame::WorkerLimits;
use serde_json::json;

fn open() -> Open {
    let limits = WorkerLimits { memory_bytes: 1 << 30, cpu_seconds: 10, file_bytes: 0 };
    Open { kind: "uji".into(), limits, principal: None, release: None }
}

/// A program that sends back all it is sent, but for the `open` frame.
fn echo() -> Worker {
    let mut opened = Vec::new();
    wire::write(&mut opened, &Frame::Open(open())).unwrap();
    let skip = format!("skip={}", opened.len());
    Worker::spawn(Path::new("/bin/dd"), &["bs=65536", "iflag=skip_bytes", &skip], &open()).unwrap()
}

fn worker(program: &str, args: &[&str]) -> Worker {
    Worker::spawn(Path::new(program), args, &open()).unwrap()
}

fn call(worker: &mut Worker, frames: Vec<Frame>, deadline: Duration) -> Result<Value, Error> {
    worker.call(frames, deadline, &mut |_| Ok(()))
}

fn run() -> Frame {
    Frame::Run { verb: "read".into(), arguments: json!({}) }
}

const LONG: Duration = Duration::from_secs(20);

#[test]
fn large_frames_both_ways_at_once_do_not_block_each_other() {
    let mut worker = echo();
    for round in 0..3 {
        let bytes = vec![round; 24 << 20];
        let sent = (0..2).map(|i| Frame::Bytes { name: i.to_string(), bytes: bytes.clone() });
        let mut got = Vec::new();
        let answer: Result<Value, Error> =
            worker.call(sent.chain([Frame::Done(json!(round))]).collect(), LONG, &mut |frame| {
                got.push(frame);
                Ok(())
            });
        assert_eq!(answer.unwrap(), json!(round));
        assert!(got.iter().all(|it| matches!(it, Frame::Bytes { bytes: it, .. } if *it == bytes)) && got.len() == 2);
    }
    assert!(worker.is_fit());
}

#[test]
fn a_refusal_keeps_the_worker_and_a_stray_frame_does_not() {
    let mut worker = echo();
    let refusal = Frame::Error { code: "BRK-10".into(), text: "not this one".into() };
    assert!(
        matches!(call(&mut worker, vec![refusal.clone()], LONG), Err(Error::Refused { code, .. }) if code == "BRK-10")
    );
    assert!(worker.is_fit());
    assert!(matches!(call(&mut worker, vec![run()], LONG), Err(Error::Wire(wire::Error::Misplaced { kind: "run" }))));
    assert!(!worker.is_fit());
    assert!(matches!(call(&mut worker, vec![refusal], LONG), Err(Error::Stopped { served: 1, .. })));
}

#[test]
fn a_silent_worker_is_killed_at_its_deadline() {
    let mut worker = worker("/bin/sleep", &["60"]);
    let began = Instant::now();
    let error = call(&mut worker, vec![run()], Duration::from_millis(100)).expect_err("it sleeps");
    assert!(matches!(error, Error::Stopped { by: By::Deadline, served: 0 }), "{error}");
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(worker.stopper.child().try_wait().unwrap().is_some(), "reaped");
}

#[test]
fn an_end_without_done_says_how_it_ended() {
    let error = call(&mut worker("/bin/false", &[]), vec![run()], LONG).expect_err("it only exits");
    assert!(matches!(error, Error::Stopped { by: By::Exit(1), .. }), "{error}");
    let mut sleeper = worker("/bin/sleep", &["60"]);
    let stopper = sleeper.stopper();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(50));
        stopper.stop();
    });
    let error = call(&mut sleeper, vec![run()], LONG).expect_err("it is stopped");
    assert!(matches!(error, Error::Stopped { by: By::Request, .. }), "{error}");
    let mut killed = worker("/bin/sleep", &["60"]);
    killed.stopper.kill();
    let error = call(&mut killed, vec![run()], LONG).expect_err("it was killed by someone else");
    assert!(matches!(error, Error::Stopped { by: By::Signal(9), .. }), "{error}");
}

#[test]
fn what_is_no_frame_is_an_error_and_a_missing_program_too() {
    let mut babbler = worker("/bin/echo", &["hello, this is another program"]);
    let error = call(&mut babbler, vec![run()], LONG).expect_err("it does not speak frames");
    assert!(matches!(error, Error::Wire(wire::Error::Unknown { tag: b'h' })), "{error}");
    assert!(matches!(Worker::spawn(Path::new("/nowhere/at/all"), &[], &open()), Err(Error::Spawn { .. })));
}

#[test]
fn the_environment_is_empty() {
    let mut env = worker("/usr/bin/env", &[]);
    let error = call(&mut env, vec![run()], LONG).expect_err("it prints what it has and ends");
    assert!(matches!(error, Error::Stopped { by: By::Exit(0), .. }), "{error}");
}

#[test]
fn a_receiver_that_fails_ends_the_call_with_its_own_error() {
    #[derive(Debug)]
    enum Mine {
        Full,
        Worker,
    }
    impl From<Error> for Mine {
        fn from(_: Error) -> Self {
            Mine::Worker
        }
    }
    let mut worker = echo();
    let bytes = Frame::Bytes { name: "x".into(), bytes: vec![1] };
    let result = worker.call(vec![bytes, Frame::Done(json!(1))], LONG, &mut |_| Err(Mine::Full));
    assert!(matches!(result, Err(Mine::Full)));
    assert!(!worker.is_fit());
    assert!(matches!(worker.call(vec![run()], LONG, &mut |_| Ok(())), Err(Mine::Worker)));
}
