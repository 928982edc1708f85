//! An image that any viewer shows: a PNG in shades of grey (RFC 2083), made here so that its size and its comment can be chosen.

/// What every PNG begins with.
const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

/// How wide it is, in pixels of a byte each.
const WIDTH: u8 = 32;

/// Before each line of pixels stands how it was filtered: not at all.
const LINE_BYTES: usize = WIDTH as usize + 1;

/// The longest block of data that is not compressed (RFC 1951 §3.2.4) has so many bytes.
const BLOCK_BYTES: usize = 65_535;

/// Makes an image of about so many bytes, with a comment.
pub(super) fn picture(bytes: usize, comment: &[u8]) -> Vec<u8> {
    let around = image(1, comment).len() - LINE_BYTES;
    let lines = bytes.saturating_sub(around) / LINE_BYTES;
    image(lines.clamp(1, BLOCK_BYTES / LINE_BYTES), comment)
}

fn image(lines: usize, comment: &[u8]) -> Vec<u8> {
    let height = u32::try_from(lines).unwrap_or(u32::MAX);
    let mut header = [u32::from(WIDTH).to_be_bytes(), height.to_be_bytes()].concat();
    // Eight bits of grey, and the only ways to compress and to filter that there are; not interlaced.
    header.extend([8, 0, 0, 0, 0]);
    let pixels: Vec<u8> = (0..lines).flat_map(line).collect();
    let mut png = SIGNATURE.to_vec();
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"tEXt", &[b"Comment\0", comment].concat());
    chunk(&mut png, *b"IDAT", &stored(&pixels));
    chunk(&mut png, *b"IEND", &[]);
    png
}

/// A line of pixels, lighter to the right and to the bottom.
fn line(number: usize) -> impl Iterator<Item = u8> {
    let shade = u8::try_from(number * 3 % 128).unwrap_or_default();
    std::iter::once(0).chain((0..WIDTH).map(move |column| shade + column * 4))
}

fn chunk(png: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let body = [&name, data].concat();
    png.extend(length.to_be_bytes());
    png.extend(&body);
    png.extend(crc(&body).to_be_bytes());
}

/// Data as zlib has it (RFC 1950), in one block that is not compressed.
fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(data);
    stream.extend(adler(data).to_be_bytes());
    stream
}

/// The checksum of a chunk (RFC 2083 §3.4).
fn crc(data: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
    let whole =
        data.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)));
    !whole
}

/// The checksum of zlib (RFC 1950 §9).
fn adler(data: &[u8]) -> u32 {
    let (low, high) = data.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksums_are_those_of_the_standards() {
        // The check value of CRC-32, the checksum of an empty chunk IEND, and an example that is well known.
        assert_eq!(crc(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc(b"IEND"), 0xae42_6082);
        assert_eq!(adler(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn an_image_has_about_the_size_that_was_asked_for_and_its_comment() {
        for bytes in [0, 700, 9000, 16_384, 1_000_000] {
            let made = picture(bytes, b"hola");
            assert!(made.starts_with(SIGNATURE) && made.windows(4).any(|four| four == b"hola"));
            if (700..=16_384).contains(&bytes) {
                assert!((bytes - LINE_BYTES..=bytes).contains(&made.len()), "{bytes}: {}", made.len());
            }
        }
    }
}
