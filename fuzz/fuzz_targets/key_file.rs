//! What people write about keys: any text is a key, a list of keys, or an error that does not show a secret; and what was
//! read is written and read again as the same.
#![no_main]

use wire::key::{ClientKey, KeyList};

libfuzzer_sys::fuzz_target!(|text: &str| {
    match ClientKey::parse(text) {
        Ok(key) => {
            let again = ClientKey::parse(&key.to_text()).expect("what was written");
            assert_eq!((&again.name, again.secret.id()), (&key.name, key.secret.id()));
        }
        Err(error) => hides(text, &format!("{error} {error:?}")),
    }
    match KeyList::parse(text) {
        Ok(list) => write_again(&list),
        Err(error) => hides(text, &format!("{error} {error:?}")),
    }
});

fn write_again(list: &KeyList) {
    let text: String = list.iter().map(|key| format!("{}\n", *key.to_line())).collect();
    let again = KeyList::parse(&text).expect("what was written");
    assert_eq!(again.len(), list.len());
    for (key, again) in list.iter().zip(again.iter()) {
        assert_eq!((&key.name, key.grants, &key.commands), (&again.name, again.grants, &again.commands));
        assert_eq!(key.secret.id(), again.secret.id());
    }
}

/// No word that is as long as a secret stands in an error.
fn hides(text: &str, error: &str) {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    for word in words.filter(|word| word.len() == 43) {
        assert!(!error.contains(word), "{error}");
    }
}
