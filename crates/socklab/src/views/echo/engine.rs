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
        Steering::StatedQueue => words.echo_engine_stated_queue(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    const WORKER: WorkerState = WorkerState {
        cpu: Some(3),
        open_connections: 1,
        sleeps: 12,
        wakes: 11,
        naps: 1,
        found: 97,
        missed: 4,
        gave_up_in_vain: 2,
        gave_up_disturbed: 0,
    };

    #[test]
    fn what_was_chosen_is_said_with_its_reason_and_then_what_each_worker_did() {
        let engine = Engine {
            steering: Steering::Steered,
            spinning: Spinning::Adaptive,
            spin_us: 62,
            wake_cost_us: Some(31),
            workers: vec![WORKER],
        };

        let lines = lines(&Words::new(Lang::English), &engine);

        assert_eq!(
            lines,
            "each of 1 workers has sockets of its own, for what its processor receives\n\
             before it sleeps, a worker looks for work for 62 µs: to wake one costs 31 µs here; as long as that pays\n\
             processor 3, worker 1: one open connection, slept 13 times; looked for work 101 times and found it 97, \
             gave up 2 times since nothing came and 0 since others wanted the processor"
        );
    }

    #[test]
    fn what_was_not_chosen_has_its_reason_too() {
        let engine = Engine {
            steering: Steering::OneWorker,
            spinning: Spinning::OneProcessor,
            spin_us: 0,
            wake_cost_us: None,
            workers: Vec::new(),
        };

        let lines = lines(&Words::new(Lang::Spanish), &engine);

        assert_eq!(
            lines,
            "0 hilos de trabajo comparten los sockets: no hay con quién compartir\n\
             un hilo de trabajo duerme en cuanto no tiene trabajo: esta máquina tiene un procesador"
        );
    }
}
