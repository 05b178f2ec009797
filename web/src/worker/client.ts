/** Computes tiles beside the page, in a worker made of text: a page opened from disk has no other file. */
import source from "worker:./tiles.ts";
import { type Scores, tileOf } from "../view/scores.ts";
import type { Grid, Place } from "../view/weights.ts";
import type { Job } from "./tiles.ts";

interface Waiting {
  scores: Scores;
  place: Place;
  done: (grid: Grid) => void;
}

const waiting = new Map<number, Waiting>();
const keys = new Map<Scores, number>();
let jobs = 0;
let worker: Worker | null | undefined;

/** Where a browser allows no worker, the page computes between frames. */
function started(): Worker | null {
  try {
    const made = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    made.onmessage = ({ data }) => finish(data.number, data.grid);
    made.onerror = () => {
      worker = null;
      for (const number of waiting.keys()) computeHere(number);
    };
    return made;
  } catch {
    return null;
  }
}

function finish(number: number, grid: Grid) {
  waiting.get(number)?.done(grid);
  waiting.delete(number);
}

function computeHere(number: number) {
  const { scores, place } = waiting.get(number)!;
  setTimeout(() => finish(number, tileOf(scores, place)));
}

function send(number: number, { scores, place }: Waiting) {
  const job: Job = { number, key: keys.get(scores) ?? keys.size, place };
  if (!keys.has(scores)) {
    keys.set(scores, job.key);
    job.scores = scores;
  }
  worker!.postMessage(job);
}

export function computeTile(scores: Scores, place: Place): Promise<Grid> {
  if (worker === undefined) worker = started();
  return new Promise((done) => {
    const number = jobs++;
    waiting.set(number, { scores, place, done });
    if (worker) send(number, waiting.get(number)!);
    else computeHere(number);
  });
}
