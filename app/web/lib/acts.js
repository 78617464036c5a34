// How views tell Python what a visitor did.
//
// Streamlit starts on the next interaction while the callback of the previous one still computes, or drops one that is interrupted, and a
// lost connection drops whatever was on its way. So every act has a number, is told with all acts before it that are unanswered, and is told
// again until Python has answered it. Python answers each number once; `app/components/answers.py` is that half. With each goes the number
// of the page that this browser has drawn.
//
// What is done before an answer came waits for it. Streamlit would begin anew, and drop what it has drawn of this view and not sent yet; the
// end of a drawing of the whole page, which is sent all the same, then takes the view away, and with it the focus.

import { drawn } from "./drawn.js";
import { isTurning } from "./turning.js";
import { whenIdle } from "./turns.js";

export const PATIENCE = 1500; // milliseconds until unanswered acts are told again
export const MEMORY = 5000; // milliseconds for which the acts of a view that is gone can be taken over

/**
 * @template Act
 * @typedef {Act & { number: number }} Numbered
 */

/** What an act does; undefined in a view whose acts all do the same. @param {object} act */
const kindOf = (act) => ("do" in act ? act.do : undefined);

/**
 * The acts of one view, oldest first.
 * @template {object} Act
 */
export class Acts {
  /** @type {Numbered<Act>[]} */
  #unanswered = [];
  #number = 0;
  /** Number of the last act told. */
  #told = 0;
  /** Number of the last act answered. */
  #answered = 0;
  /** @type {(name: string, value: unknown) => void} */
  #send = () => {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #ended = false;
  #endedAt = 0;

  /** The acts that Python hasn't answered. @returns {readonly Numbered<Act>[]} */
  get unanswered() {
    return this.#unanswered;
  }

  /**
   * Takes note of what Python has answered. Call it with each data from Python, before asking what is unanswered.
   * @param {(name: string, value: unknown) => void} send Streamlit's `setTriggerValue`
   * @param {number} answered number of the last act that the data answer
   */
  update(send, answered) {
    this.#send = send;
    this.#number = Math.max(this.#number, answered); // a new view in a session that has answered acts
    const isOfNewSession = answered < this.#answered; // the one before ended with its server, or while the visitor was away
    if (this.#ended || isOfNewSession) this.#told = 0; // what it told may be lost
    this.#answered = answered;
    this.#ended = false;
    this.#unanswered = this.#unanswered.filter(({ number }) => number > answered);
    if (!this.#unanswered.length) clearTimeout(this.#timer);
    else if (!this.#isUnderWay) setTimeout(() => this.#isUnderWay || this.#tellAgain(), 0); // once these data are drawn
  }

  /** Tells Python, as soon as it has answered what it was told before. @param {Act} act */
  tell(act) {
    this.#add(act);
    if (!this.#isUnderWay || this.#ended) this.#tell();
  }

  /** As `tell`, and nothing more of earlier acts that do the same: only the latest counts. @param {Act} act */
  tellLatest(act) {
    const kind = kindOf(act);
    this.#unanswered = this.#unanswered.filter((earlier) => kindOf(earlier) !== kind);
    this.tell(act);
  }

  /**
   * Takes over what a view told, or was about to tell, that was at the same place on the page and went with it.
   * @param {Acts<Act>} other
   */
  takeOver(other) {
    if (other.#ended && performance.now() - other.#endedAt > MEMORY) return; // the visitor was elsewhere meanwhile
    this.#unanswered = other.#unanswered;
    this.#number = other.#number;
    other.#unanswered = [];
    other.end();
  }

  /** Nobody is there to tell any more. */
  end() {
    this.#ended = true;
    this.#endedAt = performance.now();
    clearTimeout(this.#timer);
  }

  /** @param {Act} act */
  #add(act) {
    this.#number += 1;
    this.#unanswered.push({ ...act, number: this.#number });
  }

  /** Whether Python was told of an act that it hasn't answered. */
  get #isUnderWay() {
    return this.#told > this.#answered;
  }

  /** Tells what is unanswered, and again until it is answered. */
  #tell() {
    clearTimeout(this.#timer);
    if (!this.#ended) this.#timer = setTimeout(() => whenIdle(() => this.#tellAgain()), PATIENCE);
    if (isTurning()) return;
    this.#told = this.#number;
    const { number } = drawn;
    this.#send("acts", number === null ? [...this.#unanswered] : this.#unanswered.map((act) => ({ ...act, drawn: number })));
  }

  #tellAgain() {
    if (!this.#ended && this.#unanswered.length) this.#tell();
  }
}
