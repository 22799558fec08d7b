// RFC 1733 with a where clause, in front of a site.
mod m { trait Both = Copy where Self: Sized; fn f() { unsafe { g() } } } //~ unsafe-block
