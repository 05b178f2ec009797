/** Mouse, pen and fingers on a canvas: hover, press, move, zoom. Places are CSS pixels of the canvas. */

export interface Actions {
  hover(x: number, y: number): void;
  leave(): void;
  press(x: number, y: number): void;
  pan(x: number, y: number): void;
  zoom(x: number, y: number, factor: number): void;
  /** Only a zoomed map takes the drag and the wheel from the page around it. */
  zoomed(): boolean;
}

type Point = [x: number, y: number];

const DRAG_FROM = 4;
const WHEEL_SPEED = 0.002;
/** A pinch on a touchpad comes as small steps of a wheel with the control key. */
const PINCH_SPEED = 0.01;

export class Gestures {
  private readonly pointers = new Map<number, Point>();
  private moved = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly actions: Actions,
  ) {
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.up(event));
    canvas.addEventListener("pointercancel", (event) => this.pointers.delete(event.pointerId));
    canvas.addEventListener("pointerleave", () => actions.leave());
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  private place({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  private down(event: PointerEvent) {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.place(event));
    if (this.pointers.size === 1) this.moved = 0;
  }

  private move(event: PointerEvent) {
    const place = this.place(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) return this.actions.hover(...place);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.moved += distance(before, place);
    if (other) this.pinch(before, place, other);
    else if (this.moved > DRAG_FROM) this.actions.pan(place[0] - before[0], place[1] - before[1]);
    this.pointers.set(event.pointerId, place);
  }

  private pinch(before: Point, place: Point, other: Point) {
    const middle: Point = [(place[0] + other[0]) / 2, (place[1] + other[1]) / 2];
    const factor = distance(place, other) / Math.max(1, distance(before, other));
    this.actions.pan((place[0] - before[0]) / 2, (place[1] - before[1]) / 2);
    this.actions.zoom(...middle, factor);
  }

  private up(event: PointerEvent) {
    const held = this.pointers.delete(event.pointerId);
    if (held && this.pointers.size === 0 && this.moved <= DRAG_FROM) {
      this.actions.press(...this.place(event));
    }
  }

  /** The wheel alone scrolls the page, until the map has been given the focus or zoomed. */
  private wheel(event: WheelEvent) {
    const focused = (this.canvas.getRootNode() as ShadowRoot).activeElement === this.canvas;
    if (!event.ctrlKey && !event.metaKey && !focused && !this.actions.zoomed()) return;
    event.preventDefault();
    const speed = event.ctrlKey && Math.abs(event.deltaY) < 40 ? PINCH_SPEED : WHEEL_SPEED;
    this.actions.zoom(...this.place(event), Math.exp(-event.deltaY * speed));
  }
}

const distance = (one: Point, other: Point) => Math.hypot(one[0] - other[0], one[1] - other[1]);
