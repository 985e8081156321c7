//! How long one message takes, all languages and views on; a bar in itself, printed for people.
//!
//! `cargo bench -p safety-rules`. Read next: `../src/screen.rs`.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a bench reads the clock and prints")]

use std::hint::black_box;
use std::time::{Duration, Instant};

const MESSAGES: &[(&str, &str)] = &[
    (
        "ordinary, en, 200",
        "hi so today at school we had a test in maths and i think it went ok, then we played football at lunch and my friend scored two goals, and after that my mum made pasta and we watched a really good film",
    ),
    (
        "ordinary, fr, 200",
        "coucou alors aujourd'hui on a eu un contrôle de maths et je crois que ça va, après on a joué au foot et mon copain a marqué deux buts, et ce soir maman a fait des pâtes et on a regardé un très bon film",
    ),
    (
        "disclosure, en, 200",
        "i dont really know how to say this but i cant sleep anymore and i keep thinking that everyone would be better off without me, some days i just want to die and i dont know who to tell about it, sorry",
    ),
    (
        "disclosure, fr, 200",
        "je sais pas trop comment le dire mais j'arrive plus à dormir et je me dis que tout le monde serait mieux sans moi, y a des jours où je veux juste mourir et je sais pas à qui en parler, désolée vraiment",
    ),
    (
        "disguised, 100",
        "1 w4nt t0 d1e pl3ase h3lp m3 i w a n t t o d i e soooooo baaaad ｉ ｃａｎｔ 😭😭 je veux mоurir tellemennnnnt",
    ),
    ("short", "ok thanks"),
];

fn main() {
    let start = Instant::now();
    black_box(safety_rules::screen("warm up"));
    println!("start-up {:?}", start.elapsed());
    for (name, text) in MESSAGES {
        let mut times: Vec<Duration> = (0..2_000)
            .map(|_| {
                let start = Instant::now();
                black_box(safety_rules::screen(black_box(text)));
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        println!("{name:<22} p50 {:>9.2?}  p99 {:>9.2?}", times[times.len() / 2], times[times.len() * 99 / 100]);
    }
}
