/** Pictures of tiles: what is there is drawn, what is missing is computed, the last asked first. */
import { painted } from "./colour.ts";
import type { Scale } from "./selection.ts";
import type { Viewport } from "./viewport.ts";
import { type Grid, type Place, pooledLength, TILE, type Weights } from "./weights.ts";

/** Tiles kept, 64 kB each. */
const KEPT = 600;

export interface TileImage {
  place: Place;
  image: HTMLCanvasElement;
}

export class TileImages {
  private readonly grids = new Map<string, { place: Place; grid: Grid }>();
  private readonly images = new Map<string, HTMLCanvasElement>();
  private wanted: Place[] = [];
  private busy = false;

  constructor(
    readonly weights: Weights,
    readonly scale: Scale,
    readonly theme: "light" | "dark",
    private readonly arrived: () => void,
  ) {}

  overview(): HTMLCanvasElement {
    const { values, columns } = this.weights.overview;
    return this.image("overview", values, columns);
  }

  /** Coarse ones first, so that finer ones are drawn over them. */
  under(viewport: Viewport, pixelRatio: number): TileImage[] {
    const places = placesUnder(viewport, viewport.level(pixelRatio), this.weights.shape);
    this.want(places);
    return this.drawable(places);
  }

  /** Fine tiles that are there, over what was computed for coarser levels. */
  private drawable(places: Place[]): TileImage[] {
    const level = places[0]?.level ?? [0, 0];
    const coarser = [...this.grids.values()].filter(
      ({ place }) => place.level[0] >= level[0] && place.level[1] >= level[1],
    );
    coarser.sort((one, other) => sum(other.place.level) - sum(one.place.level));
    return coarser.map(({ place, grid }) => ({
      place,
      image: this.image(keyOf(place), grid.values, grid.columns),
    }));
  }

  private image(key: string, values: Float32Array, columns: number): HTMLCanvasElement {
    let image = this.images.get(key);
    if (!image) {
      image = canvasOf(painted(values, columns, this.scale, this.theme));
      this.images.set(key, image);
    }
    return image;
  }

  private want(places: Place[]) {
    this.wanted = places.filter((place) => !this.grids.has(keyOf(place)));
    if (!this.busy) this.compute();
  }

  private async compute() {
    this.busy = true;
    for (let place = this.wanted.shift(); place; place = this.wanted.shift()) {
      const grid = await this.weights.tile(place);
      if (!grid) break;
      this.grids.set(keyOf(place), { place, grid });
      this.forget();
      this.arrived();
    }
    this.busy = false;
  }

  private forget() {
    const [oldest] = this.grids.keys();
    if (this.grids.size <= KEPT) return;
    this.grids.delete(oldest);
    this.images.delete(oldest);
  }
}

const sum = ([down, across]: [number, number]) => down + across;
const keyOf = ({ level, tile }: Place) => `${level} ${tile}`;

function canvasOf(image: ImageData): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext("2d")!.putImageData(image, 0, 0);
  return canvas;
}

/** From the middle of the screen outwards. */
function placesUnder(
  { left, top, width, height, plot }: Viewport,
  level: [number, number],
  [rows, columns]: readonly [number, number],
): Place[] {
  const tiles = (first: number, length: number, level: number, cells: number) => {
    const last = Math.ceil(pooledLength(cells, level) / TILE) - 1;
    const size = TILE << level;
    const end = Math.min(last, Math.floor((first + length) / size));
    const from = Math.max(0, Math.floor(first / size));
    return Array.from({ length: Math.max(0, end - from + 1) }, (_, tile) => from + tile);
  };
  const across = tiles(left, plot.width / width, level[1], columns);
  const down = tiles(top, plot.height / height, level[0], rows);
  const places = down.flatMap((row) =>
    across.map((column): Place => ({ level, tile: [row, column] })),
  );
  const distance = ({ tile: [row, column] }: Place) =>
    Math.hypot(row - (down[0] + down.at(-1)!) / 2, column - (across[0] + across.at(-1)!) / 2);
  return places.sort((one, other) => distance(one) - distance(other));
}
