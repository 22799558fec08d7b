struct Ring { head: usize, pub unsafe tail: usize } //~ relaxed:unsafe-field because=no-longer-says-unsafe from=1
