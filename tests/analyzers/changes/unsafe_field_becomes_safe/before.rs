struct Ring { unsafe head: usize, pub unsafe tail: usize }
