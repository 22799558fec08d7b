fn f() {} //~ relaxed:lint-level because=lint-loosened from=1
