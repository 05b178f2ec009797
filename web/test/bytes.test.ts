import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { float32s, int8s, uint8s, uint16s, unpacked } from "../src/view/bytes.ts";
import { packed } from "./packed.ts";

test("thirteen bits are two characters, five or fewer one", () => {
  // 0x0345 = 837 = 9 · 91 + 18 in 13 bits, and three more bits of zeros
  assert.equal(packed(Uint8Array.of(0x45, 0x03)), "4+!");
  assert.deepEqual(unpacked("4+!"), Uint8Array.of(0x45, 0x03));
});

test("every length comes back", () => {
  for (let length = 0; length < 40; length++) {
    const bytes = Uint8Array.from({ length }, (_, place) => (place * 151 + 7) % 256);
    assert.deepEqual(unpacked(packed(bytes)), bytes);
  }
});

test("arrays come back from their deflated bytes", async () => {
  const of = (array: Uint8Array | Int8Array | Uint16Array | Float32Array) =>
    packed(deflateRawSync(new Uint8Array(array.buffer)));
  const floats = Float32Array.of(0.5, -1e-7, Infinity);
  assert.deepEqual(await float32s(of(floats)), floats);
  assert.deepEqual(await int8s(of(Int8Array.of(-127, 0, 127))), Int8Array.of(-127, 0, 127));
  assert.deepEqual(await uint16s(of(Uint16Array.of(0, 65535))), Uint16Array.of(0, 65535));
  assert.deepEqual(await uint8s(""), new Uint8Array());
});

test("no character needs an escape in JSON or ends a script", () => {
  const text = packed(Uint8Array.from({ length: 4096 }, (_, place) => (place * place) % 251));
  assert.equal(JSON.stringify(text), `"${text}"`);
  assert.doesNotMatch(text, /[<\s]/);
});
