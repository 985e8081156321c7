//! The sound of an offer: two soft rising tones, computed once, so that no file has to be shipped.
//!
//! Read next: `assets/desk.js`, which plays it.

use std::f64::consts::TAU;
use std::sync::LazyLock;

const RATE: u32 = 22_050;
/// Frequency in Hz and length in seconds of each tone.
const TONES: [(f64, f64); 3] = [(660.0, 0.22), (880.0, 0.22), (660.0, 0.30)];

/// A mono 16-bit WAV file of about 0.7 s.
pub(crate) static WAV: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut samples: Vec<i16> = Vec::new();
    for (frequency, seconds) in TONES {
        let count = (f64::from(RATE) * seconds) as u32;
        for place in 0..count {
            let time = f64::from(place) / f64::from(RATE);
            // A short rise and a long fall, so that it rings and doesn't click.
            let rise = (time / 0.01).min(1.0);
            let fall = (1.0 - f64::from(place) / f64::from(count)).powi(2);
            let wave = (TAU * frequency * time).sin() + 0.3 * (TAU * frequency * 2.0 * time).sin();
            samples.push((wave * rise * fall * 0.55 * f64::from(i16::MAX)) as i16);
        }
    }
    wav(&samples)
});

fn wav(samples: &[i16]) -> Vec<u8> {
    let data_len = u32::try_from(samples.len() * 2).unwrap_or(0);
    let mut file = Vec::with_capacity(44 + samples.len() * 2);
    file.extend(b"RIFF");
    file.extend((36 + data_len).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 2).to_le_bytes());
    file.extend(2_u16.to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend(data_len.to_le_bytes());
    for sample in samples {
        file.extend(sample.to_le_bytes());
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alert_is_a_whole_wav_that_can_be_heard() {
        assert_eq!(&WAV[..4], b"RIFF");
        assert_eq!(u32::from_le_bytes([WAV[4], WAV[5], WAV[6], WAV[7]]) as usize, WAV.len() - 8);
        let loudest = WAV[44..].chunks(2).map(|s| i16::from_le_bytes([s[0], s[1]]).unsigned_abs()).max();
        assert!(loudest > Some(10_000) && loudest < Some(32_767), "{loudest:?}");
    }
}
