//! The same blocking work on many values, a few at a time, answers in order. Refuses to know what the work is.

use std::sync::{Arc, Mutex, PoisonError};

/// Runs `work` on every value with at most `threads` at once; answer `i` is that of value `i`.
pub async fn in_parallel<T, R, F>(values: Vec<T>, threads: usize, work: F) -> Vec<R>
where
    T: Send + 'static,
    R: Send + 'static,
    F: Fn(T) -> R + Send + Sync + 'static,
{
    let total = values.len();
    let queue = Arc::new(Mutex::new(values.into_iter().enumerate()));
    let work = Arc::new(work);
    let mut tasks = Vec::new();
    for _ in 0..threads.clamp(1, total.max(1)) {
        let (queue, work) = (queue.clone(), work.clone());
        tasks.push(tokio::task::spawn_blocking(move || {
            let mut done = Vec::new();
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some((i, value)) = next else { return done };
                done.push((i, work(value)));
            }
        }));
    }
    let mut answers: Vec<(usize, R)> = Vec::with_capacity(total);
    for task in tasks {
        match task.await {
            Ok(done) => answers.extend(done),
            // A panic of the work is a broken invariant of ours; it goes on where it would have without threads.
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => continue,
            },
        }
    }
    answers.sort_by_key(|(i, _)| *i);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
