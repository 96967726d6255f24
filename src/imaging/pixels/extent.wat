;; The lowest and the highest of many samples, 16 bytes at a time. A function for each type of samples:
;; from byte 32 to $end, at least 16 bytes later, it leaves the lowest of each lane in bytes 0 to 15 of
;; the memory and the highest in bytes 16 to 31. extent.ts writes the samples and reads the answer;
;; tools/generate-extent.ts assembles this into extent-program.ts.
(module
  ;; 128 KiB: what extent.ts takes at a time stays in the processor's cache.
  (memory (export "memory") 2)

  (func (export "Uint8Array") (param $end i32)
    (local $at i32) (local $min v128) (local $max v128)
    (local.set $at (i32.const 32))
    (local.set $min (v128.load (local.get $at)))
    (local.set $max (local.get $min))
    (loop $next
      (local.set $min (i8x16.min_u (local.get $min) (v128.load (local.get $at))))
      (local.set $max (i8x16.max_u (local.get $max) (v128.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (v128.store (i32.const 0) (local.get $min))
    (v128.store (i32.const 16) (local.get $max)))

  (func (export "Int8Array") (param $end i32)
    (local $at i32) (local $min v128) (local $max v128)
    (local.set $at (i32.const 32))
    (local.set $min (v128.load (local.get $at)))
    (local.set $max (local.get $min))
    (loop $next
      (local.set $min (i8x16.min_s (local.get $min) (v128.load (local.get $at))))
      (local.set $max (i8x16.max_s (local.get $max) (v128.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (v128.store (i32.const 0) (local.get $min))
    (v128.store (i32.const 16) (local.get $max)))

  (func (export "Uint16Array") (param $end i32)
    (local $at i32) (local $min v128) (local $max v128)
    (local.set $at (i32.const 32))
    (local.set $min (v128.load (local.get $at)))
    (local.set $max (local.get $min))
    (loop $next
      (local.set $min (i16x8.min_u (local.get $min) (v128.load (local.get $at))))
      (local.set $max (i16x8.max_u (local.get $max) (v128.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (v128.store (i32.const 0) (local.get $min))
    (v128.store (i32.const 16) (local.get $max)))

  (func (export "Int16Array") (param $end i32)
    (local $at i32) (local $min v128) (local $max v128)
    (local.set $at (i32.const 32))
    (local.set $min (v128.load (local.get $at)))
    (local.set $max (local.get $min))
    (loop $next
      (local.set $min (i16x8.min_s (local.get $min) (v128.load (local.get $at))))
      (local.set $max (i16x8.max_s (local.get $max) (v128.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (v128.store (i32.const 0) (local.get $min))
    (v128.store (i32.const 16) (local.get $max))))
