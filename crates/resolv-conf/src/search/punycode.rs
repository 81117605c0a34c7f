//! Labels with letters beyond ASCII, as hickory asks for them: Punycode (RFC 3492) after lowering letters.
//!
//! UTS 46 also composes and maps characters by tables that are not here: a text that is not in form NFC, or holds compatibility forms,
//! becomes another label than hickory's.

const BASE: u32 = 36;
const SKEW: u32 = 38;

/// `label` in ASCII: lowered, and `xn--…` if it has other letters. `None` when the numbers of RFC 3492 §6.4 overflow.
pub(super) fn to_ascii(label: &str) -> Option<String> {
    let lowered = label.to_lowercase();
    if lowered.is_ascii() {
        return Some(lowered);
    }
    let mut out: String = lowered.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(out.len()).ok()?;
    if basic > 0 {
        out.push('-');
    }
    // RFC 3492 §6.3.
    let (mut next, mut delta, mut bias, mut handled) = (128_u32, 0_u32, 72_u32, basic);
    let total = u32::try_from(lowered.chars().count()).ok()?;
    while handled < total {
        let least = lowered.chars().map(u32::from).filter(|point| *point >= next).min()?;
        delta = delta.checked_add(least.checked_sub(next)?.checked_mul(handled + 1)?)?;
        next = least;
        for point in lowered.chars().map(u32::from) {
            if point < next {
                delta = delta.checked_add(1)?;
            }
            if point == next {
                push_number(&mut out, delta, bias)?;
                bias = adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        next = next.checked_add(1)?;
    }
    Some(format!("xn--{out}"))
}

/// A generalised variable-length integer (RFC 3492 §3.3).
fn push_number(out: &mut String, mut number: u32, bias: u32) -> Option<()> {
    let mut place = BASE;
    loop {
        let threshold = place.saturating_sub(bias).clamp(1, 26);
        if number < threshold {
            out.push(char::from_digit(number, 36).map(digit)?);
            return Some(());
        }
        let value = threshold + (number - threshold) % (BASE - threshold);
        out.push(char::from_digit(value, 36).map(digit)?);
        number = (number - threshold) / (BASE - threshold);
        place += BASE;
    }
}

/// Punycode's digits are `a` to `z`, then `0` to `9`; std's the other way round.
fn digit(std_digit: char) -> char {
    match std_digit.to_digit(36) {
        Some(value @ 0..=25) => char::from_digit(value + 10, 36).unwrap_or('a'),
        Some(value) => char::from_digit(value - 26, 36).unwrap_or('a'),
        None => std_digit,
    }
}

/// RFC 3492 §6.1.
fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut place = 0;
    while delta > 35 * 26 / 2 {
        delta /= 35;
        place += BASE;
    }
    place + 36 * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::to_ascii;

    #[test]
    fn known_labels() {
        // RFC 3492 §7.1 (A, E without case), and labels in use.
        for (label, ascii) in [
            ("é", "xn--9ca"),
            ("bücher", "xn--bcher-kva"),
            ("MÜNCHEN", "xn--mnchen-3ya"),
            ("ليهمابتكلموشعربي؟", "xn--egbpdaj6bu4bxfgehfvwxn"),
            ("למההםפשוטלאמדבריםעברית", "xn--4dbcagdahymbxekheh6e0a7fei0b"),
            ("Plain-9", "plain-9"),
        ] {
            assert_eq!(to_ascii(label).as_deref(), Some(ascii), "{label}");
        }
    }
}
