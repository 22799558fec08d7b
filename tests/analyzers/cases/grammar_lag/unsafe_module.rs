// rustc's parser takes it, for macros that strip it.
unsafe mod raw { fn f() { unsafe { g() } } } //~ unclassified-unsafe unsafe-block
