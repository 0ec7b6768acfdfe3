//! peers: reads commands, one a line, and answers each with one line of JSON.
//!
//!   plain|overlap|hold|crowd THREADS SIZE SECONDS
//!   spike CALLERS MIN MAX CONNECT_MS WORK_MS

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicU8, Ordering::*};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

const BATCH: u64 = 64;
const HOLD: Duration = Duration::from_micros(100);

static OPENED: AtomicI64 = AtomicI64::new(0);
static CONNECT_MS: AtomicU64 = AtomicU64::new(0);

struct Stubs;

#[derive(Debug)]
struct Never;
impl std::fmt::Display for Never {
    fn fmt(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        text.write_str("never")
    }
}
impl std::error::Error for Never {}

impl r2d2::ManageConnection for Stubs {
    type Connection = Box<u64>;
    type Error = Never;
    fn connect(&self) -> Result<Box<u64>, Never> {
        OPENED.fetch_add(1, Relaxed);
        thread::sleep(Duration::from_millis(CONNECT_MS.load(Relaxed)));
        Ok(Box::new(0))
    }
    fn is_valid(&self, _: &mut Box<u64>) -> Result<(), Never> {
        Ok(())
    }
    fn has_broken(&self, _: &mut Box<u64>) -> bool {
        false
    }
}

type Pool = r2d2::Pool<Stubs>;

// Its validation at every borrow, the default, is off: the others ask only what was idle for long.
fn make(min: u32, max: u32) -> Pool {
    r2d2::Pool::builder()
        .max_size(max)
        .min_idle(Some(min))
        .test_on_check_out(false)
        .build(Stubs)
        .expect("stubs always open")
}

fn borrow(pool: &Pool) -> r2d2::PooledConnection<Stubs> {
    let mut held = pool.get().expect("half a minute is enough");
    **held += 1;
    held
}

const LEAD_IN: u8 = 0;
const MEASURED: u8 = 1;
const OVER: u8 = 2;

#[repr(align(128))]
#[derive(Default)]
struct Count(AtomicU64);

struct Window {
    phase: AtomicU8,
    counts: Vec<Count>,
    start: Barrier,
}

impl Window {
    fn goes_on(&self) -> bool {
        self.phase.load(Relaxed) != OVER
    }
    fn snapshot(&self) -> Vec<u64> {
        self.counts.iter().map(|count| count.0.load(Relaxed)).collect()
    }
}

fn work_on(work: &str, pool: &Pool, window: &Window, index: usize) -> Vec<u64> {
    let mut waits = Vec::new();
    let mut done = 0;
    let count = &window.counts[index].0;
    window.start.wait();
    match work {
        "hold" => {
            while window.goes_on() {
                let asked = Instant::now();
                let held = borrow(pool);
                let waited = asked.elapsed();
                thread::sleep(HOLD);
                drop(held);
                done += 1;
                count.store(done, Relaxed);
                if window.phase.load(Relaxed) == MEASURED {
                    waits.push(waited.as_nanos() as u64);
                }
            }
        }
        "overlap" => {
            let mut last = borrow(pool);
            while window.goes_on() {
                for _ in 0..BATCH {
                    let next = borrow(pool);
                    last = next;
                }
                done += BATCH;
                count.store(done, Relaxed);
            }
            drop(last);
        }
        _ => {
            while window.goes_on() {
                for _ in 0..BATCH {
                    drop(borrow(pool));
                }
                done += BATCH;
                count.store(done, Relaxed);
            }
        }
    }
    waits
}

fn quantile(sorted: &[u64], share: f64) -> f64 {
    if sorted.is_empty() {
        return 0.0;
    }
    let at = (share * sorted.len() as f64) as usize;
    sorted[at.min(sorted.len() - 1)] as f64 / 1e3
}

fn run(work: &str, pool: &Pool, threads: usize, seconds: f64) -> String {
    let window = Window {
        phase: AtomicU8::new(LEAD_IN),
        counts: (0..threads).map(|_| Count::default()).collect(),
        start: Barrier::new(threads + 1),
    };
    let (before, after, elapsed, mut waits) = thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|index| {
                let window = &window;
                scope.spawn(move || work_on(work, pool, window, index))
            })
            .collect();
        window.start.wait();
        thread::sleep(Duration::from_millis(100));
        let before = window.snapshot();
        let began = Instant::now();
        window.phase.store(MEASURED, Relaxed);
        thread::sleep(Duration::from_secs_f64(seconds));
        let after = window.snapshot();
        let elapsed = began.elapsed();
        window.phase.store(OVER, Relaxed);
        let waits: Vec<u64> =
            running.into_iter().flat_map(|thread| thread.join().expect("no thread panics")).collect();
        (before, after, elapsed, waits)
    });
    let cycles: Vec<u64> = after.iter().zip(&before).map(|(after, before)| after - before).collect();
    let total: u64 = cycles.iter().sum();
    let most = *cycles.iter().max().expect("there is a thread");
    let least = *cycles.iter().min().expect("there is a thread");
    let mut text = format!(
        "{{\"ns\": {:.3}, \"slowest_by_fastest\": {:.4}",
        elapsed.as_nanos() as f64 / total.max(1) as f64,
        if most == 0 { 0.0 } else { least as f64 / most as f64 }
    );
    if work == "hold" {
        waits.sort_unstable();
        text += &format!(
            ", \"p50_us\": {:.3}, \"p99_us\": {:.3}, \"p999_us\": {:.3}, \"max_us\": {:.3}, \"waits\": {}",
            quantile(&waits, 0.5),
            quantile(&waits, 0.99),
            quantile(&waits, 0.999),
            quantile(&waits, 1.0),
            waits.len()
        );
    }
    text + "}"
}

fn spike(callers: usize, min: u32, max: u32, connect_ms: u64, work_ms: u64) -> String {
    CONNECT_MS.store(0, Relaxed);
    let pool = make(min, max);
    CONNECT_MS.store(connect_ms, Relaxed);
    let before = OPENED.load(Relaxed);
    let start = Arc::new(Barrier::new(callers + 1));
    let running: Vec<_> = (0..callers)
        .map(|_| {
            let (pool, start) = (pool.clone(), start.clone());
            thread::spawn(move || {
                start.wait();
                let held = borrow(&pool);
                thread::sleep(Duration::from_millis(work_ms));
                drop(held);
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(20));
    let began = Instant::now();
    start.wait();
    for thread in running {
        thread.join().expect("no thread panics");
    }
    let makespan = began.elapsed();
    let opened = OPENED.load(Relaxed) - before;
    thread::sleep(Duration::from_millis(700));
    let opened_later = OPENED.load(Relaxed) - before;
    CONNECT_MS.store(0, Relaxed);
    format!(
        "{{\"makespan_ms\": {:.3}, \"opened\": {opened}, \"opened_later\": {opened_later}}}",
        makespan.as_secs_f64() * 1e3
    )
}

fn main() {
    println!("READY");
    let mut pools: HashMap<u32, Pool> = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("commands are text");
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |at: usize| words[at].parse::<u64>().expect("a number");
        let answer = if words[0] == "spike" {
            spike(number(1) as usize, number(2) as u32, number(3) as u32, number(4), number(5))
        } else {
            let size = number(2) as u32;
            let pool = pools.entry(size).or_insert_with(|| make(size, size));
            run(words[0], pool, number(1) as usize, words[3].parse().expect("seconds"))
        };
        println!("{answer}");
        std::io::stdout().flush().expect("somebody reads");
    }
}
