/** What qkv.inspection.view writes of bytes: the inverse of `unpacked`. */
const ALPHABET = String.fromCharCode(
  ...Array.from({ length: 94 }, (_, place) => 33 + place),
).replace(/["<\\]/g, "");

export function packed(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) =>
    byte.toString(2).padStart(8, "0").split("").reverse().join(""),
  );
  const numbers = bits.join("").match(/.{1,13}/g) ?? [];
  return numbers
    .map((number) => {
      const value = Number.parseInt(number.split("").reverse().join(""), 2);
      return ALPHABET[value % 91] + (number.length <= 5 ? "" : ALPHABET[Math.floor(value / 91)]);
    })
    .join("");
}
