/** Which part of a map is on the screen. Lengths are in CSS pixels, places in cells. */

export interface Size {
  width: number;
  height: number;
}

/** A cell drawn larger says nothing more. */
const LARGEST_CELL = 30;
const LARGEST_ZOOMED = 44;
/** Cells are square unless one side would be so many times the other's room. */
const MOST_STRETCHED = 3;

export class Viewport {
  /** Of a cell. */
  width = 1;
  height = 1;
  left = 0;
  top = 0;
  plot: Size = { width: 1, height: 1 };
  private fitted: Size = { width: 1, height: 1 };

  constructor(
    readonly rows: number,
    readonly columns: number,
  ) {}

  /** The whole map in `room`. */
  fit(room: Size) {
    let width = Math.min(LARGEST_CELL, room.width / this.columns);
    let height = Math.min(LARGEST_CELL, room.height / this.rows);
    const square = Math.min(width, height);
    if (Math.max(width, height) <= MOST_STRETCHED * square) width = height = square;
    this.plot = { width: width * this.columns, height: height * this.rows };
    this.fitted = { width, height };
    [this.width, this.height, this.left, this.top] = [width, height, 0, 0];
  }

  get whole(): boolean {
    return this.width <= this.fitted.width && this.height <= this.fitted.height;
  }

  showWhole() {
    [this.width, this.height] = [this.fitted.width, this.fitted.height];
    this.pan(0, 0);
  }

  /** What lies under (x, y) of the plot stays there. */
  zoom(x: number, y: number, factor: number) {
    const [column, row] = [this.left + x / this.width, this.top + y / this.height];
    this.width = zoomed(this.width, this.fitted.width, factor);
    this.height = zoomed(this.height, this.fitted.height, factor);
    this.left = column - x / this.width;
    this.top = row - y / this.height;
    this.pan(0, 0);
  }

  pan(x: number, y: number) {
    const { width, height } = this.plot;
    this.left = clamp(this.left - x / this.width, 0, this.columns - width / this.width);
    this.top = clamp(this.top - y / this.height, 0, this.rows - height / this.height);
  }

  /** Moves as little as needed for the cell to be seen. */
  reveal(row: number, column: number) {
    const [across, down] = [this.plot.width / this.width, this.plot.height / this.height];
    this.left = clamp(this.left, column + 1 - across, column);
    this.top = clamp(this.top, row + 1 - down, row);
    this.pan(0, 0);
  }

  /** The cell under (x, y); null: beside the map. */
  cellAt(x: number, y: number): { row: number; column: number } | null {
    const [column, row] = [this.left + x / this.width, this.top + y / this.height].map(Math.floor);
    const inside = x >= 0 && y >= 0 && x < this.plot.width && y < this.plot.height;
    return inside && row < this.rows && column < this.columns ? { row, column } : null;
  }

  /** Cells that are pooled so that one is at least a pixel: a power of two for each axis. */
  level(pixelRatio: number): [down: number, across: number] {
    const levelOf = (cell: number) => Math.max(0, Math.floor(Math.log2(1 / (cell * pixelRatio))));
    return [levelOf(this.height), levelOf(this.width)];
  }
}

function zoomed(cell: number, fitted: number, factor: number): number {
  return clamp(cell * factor, fitted, Math.max(fitted, LARGEST_ZOOMED));
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most));
}
