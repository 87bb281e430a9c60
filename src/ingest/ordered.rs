//! The same work on many places by several threads, results in order. Refuses to run far ahead of whoever takes the results.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// How many results a thread may be ahead.
const AHEAD: usize = 2;

/// Works on the places `0..places` with up to `threads` threads; `take` gets the results in order, on the calling thread. Ends with
/// the first error of either.
///
/// # Errors
/// What `work` or `take` returns.
pub fn in_order<T: Send, E: Send>(
    places: usize,
    threads: usize,
    work: &(dyn Fn(usize) -> Result<T, E> + Sync),
    take: &mut dyn FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let threads = threads.min(places);
    if threads <= 1 {
        return (0..places).try_for_each(|place| take(work(place)?));
    }
    let desk = Desk { state: Mutex::new(State::default()), changed: Condvar::new(), places, ahead: threads * AHEAD };
    thread::scope(|scope| {
        // However this ends, threads that wait must end too.
        let closed = Closing(&desk);
        let mut started = 0;
        for _ in 0..threads {
            // Where the system gives no more threads, those there are do the work.
            let begun = thread::Builder::new().spawn_scoped(scope, || run(&desk, work));
            started += usize::from(begun.is_ok());
        }
        let taken = if started == 0 {
            (0..places).try_for_each(|place| take(work(place)?))
        } else {
            (0..places).try_for_each(|place| match desk.wait_for(place) {
                Some(result) => take(result?),
                // A thread panicked; the scope passes that on.
                None => Ok(()),
            })
        };
        drop(closed);
        taken
    })
}

/// Takes places until there is none left.
fn run<T, E>(desk: &Desk<T, E>, work: &(dyn Fn(usize) -> Result<T, E> + Sync)) {
    while let Some(place) = desk.next() {
        let closing = Closing(desk);
        let result = work(place);
        std::mem::forget(closing);
        desk.put(place, result);
    }
}

/// Where results wait.
struct Desk<T, E> {
    state: Mutex<State<T, E>>,
    changed: Condvar,
    places: usize,
    ahead: usize,
}

struct State<T, E> {
    next: usize,
    taken: usize,
    done: BTreeMap<usize, Result<T, E>>,
    closed: bool,
}

impl<T, E> Default for State<T, E> {
    fn default() -> Self {
        Self { next: 0, taken: 0, done: BTreeMap::new(), closed: false }
    }
}

impl<T, E> Desk<T, E> {
    fn state(&self) -> MutexGuard<'_, State<T, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next place to work on, once it is not too far ahead.
    fn next(&self) -> Option<usize> {
        let mut state = self.state();
        while !state.closed && state.next < self.places && state.taken + self.ahead <= state.next {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed || state.next >= self.places {
            return None;
        }
        state.next += 1;
        Some(state.next - 1)
    }

    fn put(&self, place: usize, result: Result<T, E>) {
        self.state().done.insert(place, result);
        self.changed.notify_all();
    }

    /// The result for a place; nothing once it is clear that none will come.
    fn wait_for(&self, place: usize) -> Option<Result<T, E>> {
        let mut state = self.state();
        loop {
            if let Some(result) = state.done.remove(&place) {
                state.taken = place + 1;
                drop(state);
                self.changed.notify_all();
                return Some(result);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Closes the desk when it goes out of scope: at the end, and where a thread panics.
struct Closing<'d, T, E>(&'d Desk<T, E>);

impl<T, E> Drop for Closing<'_, T, E> {
    fn drop(&mut self) {
        self.0.state().closed = true;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn results_come_in_order_and_none_runs_away() {
        for threads in [1, 2, 3, 9] {
            let (begun, mut seen) = (AtomicUsize::new(0), Vec::new());
            let work = |place: usize| -> Result<usize, ()> {
                begun.fetch_add(1, Ordering::SeqCst);
                if place.is_multiple_of(3) {
                    thread::yield_now();
                }
                Ok(place)
            };
            in_order(50, threads, &work, &mut |place| {
                assert!(begun.load(Ordering::SeqCst) <= place + threads * (AHEAD + 1) + 1);
                seen.push(place);
                Ok(())
            })
            .unwrap();
            assert_eq!(seen, (0..50).collect::<Vec<_>>());
        }
        assert_eq!(in_order(0, 4, &|_| Ok::<(), ()>(()), &mut |()| Err(())), Ok(()));
    }

    #[test]
    fn the_first_error_ends_it() {
        let work = |place: usize| if place == 7 { Err(place) } else { Ok(place) };
        let mut seen = 0;
        let ended = in_order(1000, 4, &work, &mut |_| {
            seen += 1;
            Ok(())
        });
        assert_eq!((ended, seen), (Err(7), 7));
        let ended = in_order(1000, 4, &Ok::<usize, usize>, &mut |place| if place == 5 { Err(55) } else { Ok(()) });
        assert_eq!(ended, Err(55));
    }

    #[test]
    #[should_panic(expected = "scoped thread panicked")]
    fn a_panic_is_passed_on() {
        let _ =
            in_order(100, 3, &|place| if place == 20 { panic!("on purpose") } else { Ok::<_, ()>(place) }, &mut |_| {
                Ok(())
            });
    }
}
