//! What a command reads and writes.

use std::time::Duration;

use endpoints::messages::exec::Progress;
use wire::message::How;

use crate::support::{Process, WIDE, line, program, run, run_with, shell, start};

const MEBIBYTE: usize = 1 << 20;

#[tokio::test]
async fn input_comes_back_byte_for_byte() {
    let input: Vec<u8> = (0..MEBIBYTE).map(|index| (index * 31 % 251).to_le_bytes()[0]).collect();

    let finished = run_with(&program(&["cat"]), &input, WIDE).await;

    assert!(finished.out == input, "{} bytes of {}", finished.out.len(), input.len());
    assert_eq!(finished.ended.out, input.len() as u64);
}

#[tokio::test]
async fn all_of_the_input_and_its_end_arrive() {
    let finished = run_with(&program(&["wc", "-c"]), &vec![0; MEBIBYTE + 1], WIDE).await;

    assert_eq!(finished.text().trim(), (MEBIBYTE + 1).to_string());
}

#[tokio::test]
async fn both_outputs_come_apart_and_whole() {
    let line = "head -c 10485760 /dev/zero & head -c 10485760 /dev/zero | tr '\\0' x >&2 & wait";

    let finished = run(&shell(line)).await;

    assert!(finished.out == vec![0; 10 * MEBIBYTE], "{}", finished.out.len());
    assert!(finished.err == vec![b'x'; 10 * MEBIBYTE], "{}", finished.err.len());
    assert_eq!((finished.ended.out, finished.ended.err), (10_485_760, 10_485_760));
}

#[tokio::test]
async fn nothing_of_a_quick_command_is_lost() {
    for _ in 0..50 {
        let finished = run(&shell("echo out; echo err >&2; exit 5")).await;

        assert_eq!((&finished.out[..], &finished.err[..]), (&b"out\n"[..], &b"err\n"[..]));
        assert_eq!(finished.ended.how, How::Exited(5));
    }
}

#[tokio::test]
async fn output_comes_while_the_command_runs() {
    let mut running = start(&shell("echo first; read answer; echo $answer")).await;
    let mut input = running.take_input().unwrap();

    assert_eq!(line(&mut running).await, "first");
    tokio::io::AsyncWriteExt::write_all(&mut input, b"second\n").await.unwrap();

    assert_eq!(line(&mut running).await, "second");
}

#[tokio::test]
async fn without_room_the_end_is_not_told_before_the_output_was() {
    let mut running = start(&program(&["printf", "hello"])).await;
    if let Ok(command) = std::panic::catch_unwind(|| Process::of(running.id())) {
        command.assert_ends();
    }

    let none = tokio::time::timeout(Duration::from_millis(200), running.next(&mut [])).await;
    assert!(none.is_err(), "{none:?}");
    let mut buffer = [0; 9];
    assert_eq!(running.next(&mut buffer[..4]).await.unwrap(), Progress::Stdout(4));
    assert_eq!(running.next(&mut buffer).await.unwrap(), Progress::Stdout(1));
    assert!(matches!(running.next(&mut []).await.unwrap(), Progress::Ended(ended) if ended.out == 5));
}
