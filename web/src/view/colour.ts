/** One scale from weight to colour for text, links, maps and pictures. */
import type { Scale } from "./selection.ts";

export type Colour = [red: number, green: number, blue: number];

const STOPS: Record<"light" | "dark", Colour[]> = {
  light: [
    [252, 251, 248],
    [214, 229, 240],
    [146, 190, 220],
    [62, 127, 178],
    [11, 52, 88],
  ],
  dark: [
    [22, 21, 20],
    [28, 50, 70],
    [40, 96, 140],
    [98, 164, 214],
    [220, 240, 255],
  ],
};

/** The logarithmic scale ends here: what is less has no colour. */
const LEAST = 1e-4;

/** 0 … 1 along the colours. */
export function position(weight: number, scale: Scale): number {
  if (scale === "linear") return Math.min(1, Math.max(0, weight));
  return weight <= LEAST ? 0 : Math.min(1, 1 - Math.log10(weight) / Math.log10(LEAST));
}

export function colour(place: number, theme: "light" | "dark"): Colour {
  const stops = STOPS[theme];
  const at = Math.min(stops.length - 1, Math.max(0, place * (stops.length - 1)));
  const [low, high] = [Math.floor(at), Math.ceil(at)];
  const mixed = stops[low].map((value, n) =>
    Math.round(value + (stops[high][n] - value) * (at - low)),
  );
  return mixed as Colour;
}

export const rgb = ([red, green, blue]: Colour) => `rgb(${red}, ${green}, ${blue})`;

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Black or white, whichever is read better on `ground`. */
export function inkOn(ground: Colour): string {
  return luminance(ground) > 0.18 ? "#141312" : "#ffffff";
}

const STEPS = 256;
const tables = new Map<string, Uint32Array>();

/** Colours as a canvas stores them, for weights of 8 bits on the scale. */
function table(theme: "light" | "dark"): Uint32Array {
  let colours = tables.get(theme);
  if (!colours) {
    colours = Uint32Array.from({ length: STEPS }, (_, step) => {
      const [red, green, blue] = colour(step / (STEPS - 1), theme);
      return (255 << 24) | (blue << 16) | (green << 8) | red;
    });
    tables.set(theme, colours);
  }
  return colours;
}

export function painted(
  values: Float32Array,
  width: number,
  scale: Scale,
  theme: "light" | "dark",
) {
  const colours = table(theme);
  const image = new ImageData(width, values.length / width);
  const pixels = new Uint32Array(image.data.buffer);
  for (let at = 0; at < values.length; at++) {
    pixels[at] = colours[Math.round(position(values[at], scale) * (STEPS - 1))];
  }
  return image;
}
