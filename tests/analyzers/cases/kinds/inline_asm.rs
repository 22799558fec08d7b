// Assembly: `asm!`, `global_asm!`, `naked_asm!`.

use core::arch::{asm, global_asm};

global_asm!("nop"); //~ inline-asm
core::arch::global_asm!(include_str!("boot.s"), options(raw)); //~ inline-asm

fn pause() {
    unsafe { asm!("pause") } //~ unsafe-block inline-asm item="pause"
    unsafe { //~ unsafe-block
        core::arch::asm!( //~ inline-asm item="pause" end=+4
            "mov {}, {}",
            out(reg) _,
            in(reg) unsafe { value() }, //~ unsafe-block macro-call
        );
        asm! { "nop" } //~ inline-asm
        std::arch::asm !["nop"]; //~ inline-asm
    }
}

extern "C" fn entry() { naked_asm!("ret") } //~ extern-fn inline-asm

mod renamed {
    use core::arch::asm as assembly; //~ inline-asm detail="imported as assembly"
    use core::arch::{global_asm as top, asm as a}; //~ inline-asm inline-asm
}

macro_rules! nop {
    () => { asm!("nop") }; //~ inline-asm macro-definition item="macro_rules! nop"
}

mod asm {}
fn call(asm: u8) { asm::call(); asm != 1; }
