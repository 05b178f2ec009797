/** Arrays in texts: deflated, then two printable characters for each 13 bits. */

const ALPHABET = Array.from({ length: 94 }, (_, place) => String.fromCharCode(33 + place))
  .filter((character) => !'"<\\'.includes(character))
  .join("");

const DIGITS = new Uint8Array(128);
for (let digit = 0; digit < ALPHABET.length; digit++) DIGITS[ALPHABET.charCodeAt(digit)] = digit;

/** The bytes that `text` stands for, still deflated. A last number alone in its pair has at most 5 bits. */
export function unpacked(text: string): Uint8Array<ArrayBuffer> {
  const pairs = text.length >> 1;
  const bytes = new Uint8Array((13 * pairs + (text.length % 2 ? 5 : 0)) >> 3);
  let [bits, held, place] = [0, 0, 0];
  for (let at = 0; at < text.length; at += 2) {
    const high = at + 1 < text.length ? DIGITS[text.charCodeAt(at + 1)] : 0;
    held |= (DIGITS[text.charCodeAt(at)] + 91 * high) << bits;
    for (bits += 13; bits >= 8 && place < bytes.length; bits -= 8) {
      bytes[place++] = held & 255;
      held >>>= 8;
    }
  }
  return bytes;
}

async function inflated(text: string): Promise<ArrayBuffer> {
  if (text === "") return new ArrayBuffer(0);
  const stream = new Blob([unpacked(text)]).stream();
  return new Response(stream.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer();
}

export const uint8s = async (text: string) => new Uint8Array(await inflated(text));
export const int8s = async (text: string) => new Int8Array(await inflated(text));
export const uint16s = async (text: string) => new Uint16Array(await inflated(text));
export const float32s = async (text: string) => new Float32Array(await inflated(text));
