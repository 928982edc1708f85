//! How the workers of an echo server serve, and why.

use endpoints::echo::{Engine, Spinning, Steering, WorkerState};

use crate::words::Words;

/// A line on who gets what comes, one on what a worker does before it sleeps, and one for each worker.
pub(super) fn lines(words: &Words, engine: &Engine) -> String {
    let workers = engine.workers.iter().enumerate().map(|(index, worker)| of_worker(words, index, worker));
    [steering(words, engine), spinning(words, engine)]
        .into_iter()
        .chain(workers)
        .collect::<Vec<_>>()
        .join("\n")
}

fn steering(words: &Words, engine: &Engine) -> String {
    let workers = engine.workers.len() as u64;
    let reason = match engine.steering {
        Steering::Steered => return words.echo_engine_steered(workers),
        Steering::Off => words.echo_engine_asked(),
        Steering::OneWorker => words.echo_engine_one_worker(),
        Steering::OtherWorkers => words.echo_engine_other_workers(),
        Steering::Unlocked => words.echo_engine_unlocked(),
        Steering::AsTaught => words.echo_engine_as_taught(),
    };
    words.echo_engine_shared(workers, reason)
}

fn spinning(words: &Words, engine: &Engine) -> String {
    let reason = match engine.spinning {
        Spinning::Adaptive => return looks(words, engine, &words.echo_engine_spin_adaptive()),
        Spinning::Always => return looks(words, engine, &words.echo_engine_spin_always()),
        Spinning::Off => words.echo_engine_asked(),
        Spinning::OneProcessor => words.echo_engine_one_processor(),
        Spinning::Unhurried => words.echo_engine_unhurried(),
    };
    words.echo_engine_no_spin(reason)
}

fn looks(words: &Words, engine: &Engine, when: &str) -> String {
    let cost_us = engine.wake_cost_us.unwrap_or_default();
    format!("{}; {when}", words.echo_engine_spin(engine.spin_us, cost_us))
}

fn of_worker(words: &Words, index: usize, worker: &WorkerState) -> String {
    let slept = words.echo_engine_worker(index + 1, worker.open_connections, worker.sleeps + worker.naps);
    let looked = words.echo_engine_looks(
        worker.found + worker.missed,
        worker.found,
        worker.gave_up_in_vain,
        worker.gave_up_disturbed,
    );
    let line = format!("{slept}; {looked}");
    worker.cpu.map_or_else(|| line.clone(), |cpu| words.echo_engine_cpu(cpu, &line))
}
