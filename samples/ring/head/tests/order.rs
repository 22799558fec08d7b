use ring::Ring;
use ring::ffi::{ring_drain, ring_free, ring_new, ring_push};

#[test]
fn values_leave_in_the_order_they_came() {
    let mut ring = Ring::<String, 4>::new();
    for word in ["a", "b", "c", "d"] {
        ring.push(word.to_string()).unwrap();
    }
    assert_eq!(ring.push("e".to_string()), Err("e".to_string()));
    assert_eq!(ring.front().map(String::as_str), Some("a"));
    assert_eq!(ring.pop().as_deref(), Some("a"));
    ring.push("e".to_string()).unwrap();
    assert_eq!(
        std::iter::from_fn(|| ring.pop()).collect::<String>(),
        "bcde"
    );
}

#[test]
fn c_gets_every_byte() {
    let mut len = 0;
    // SAFETY: the ring is made, used and destroyed here; the array is read within its length.
    unsafe {
        let ring = ring_new();
        assert!(ring_push(ring, 7) && ring_push(ring, 9));
        let array = ring_drain(ring, &mut len);
        assert_eq!(std::slice::from_raw_parts(array, len), [7, 9]);
        ring_free(ring);
    }
}
