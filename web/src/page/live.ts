/** Answers to what is asked now: after a pause in the typing, the outdated cancelled, the known kept. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { asItWas, bodyOf, isChanged, type Question } from "./question.ts";
import { Failure, type Viewed, view } from "./server.ts";

const PAUSE_MS = 250;
const KEPT = 40;

export interface Answer {
  /** Without the changes; null: there is none yet. */
  before: Viewed | null;
  /** With the changes; null: nothing is changed, or it failed. */
  after: Viewed | null;
}

export class Live implements ReactiveController {
  answer: Answer = { before: null, after: null };
  failure: Failure | null = null;
  working = false;

  private request = new AbortController();
  private timer = 0;
  private readonly known = new Map<string, Viewed>();

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly answered: () => void,
  ) {
    host.addController(this);
  }

  hostDisconnected() {
    this.cancel();
  }

  /** image: base64, where the model reads pictures; "": there is none yet. */
  ask(question: Question, image: string | null, pause = PAUSE_MS) {
    this.cancel();
    if ((image ?? question.text.trim()) === "") {
      this.settle({ before: null, after: null }, null);
      return;
    }
    this.working = true;
    this.host.requestUpdate();
    this.timer = setTimeout(() => this.send(question, image), pause);
  }

  private cancel() {
    clearTimeout(this.timer);
    this.request.abort();
    this.request = new AbortController();
    this.working = false;
  }

  private async send(question: Question, image: string | null) {
    const { signal } = this.request;
    const asked = [asItWas(question), ...(isChanged(question) ? [question] : [])];
    const outcomes = await Promise.allSettled(
      asked.map((one) => this.viewed(bodyOf(one, image), signal)),
    );
    if (signal.aborted) return;
    const [before, after] = outcomes.map((one) => (one.status === "fulfilled" ? one.value : null));
    this.settle({ before, after: after ?? null }, failureOf(outcomes));
  }

  private async viewed(body: object, signal: AbortSignal): Promise<Viewed> {
    const key = JSON.stringify(body);
    const known = this.known.get(key);
    if (known) return known;
    const answer = await view(body, signal);
    this.known.set(key, answer);
    for (const oldest of this.known.keys()) if (this.known.size > KEPT) this.known.delete(oldest);
    return answer;
  }

  private settle(answer: Answer, failure: Failure | null) {
    this.answer = answer;
    this.failure = failure;
    this.working = false;
    this.answered();
    this.host.requestUpdate();
  }
}

function failureOf(outcomes: PromiseSettledResult<Viewed>[]): Failure | null {
  const failed = outcomes.find((one) => one.status === "rejected");
  if (!failed) return null;
  return failed.reason instanceof Failure ? failed.reason : new Failure(0, String(failed.reason));
}
