import type { WaveformBlock } from '#models/contracts/sampleBlock.ts';
import { SignalBuffer, type SignalBufferPool } from './signalBuffer.ts';

/** Requested evidence is sent after this time, even if incomplete. */
const MAX_WAIT_US = 60e6;

/** The signal of a point while a diagnosis may need it, or a command has requested it. Not kept across a restart. */
export class SignalCollection {
  readonly buffer: SignalBuffer;
  /** Whether the newest window requires a diagnosis, or the next ones may. */
  isSuspicious = false;
  readonly #pool: SignalBufferPool;
  /** A command that waits for this point's signal, and since when by the point's own clock. */
  #request: { id: string; sinceUs: number | null } | null = null;

  constructor(pool: SignalBufferPool) {
    this.#pool = pool;
    this.buffer = new SignalBuffer(pool);
  }

  add(block: WaveformBlock, shaftHz: number, isRunning: boolean): void {
    if ((this.isSuspicious && isRunning) || this.#request !== null) this.buffer.add(block, shaftHz);
    else this.buffer.clear();
  }

  /** Requests the signal for a command. False if another request is pending, or no buffer is available. */
  request(id: string): boolean {
    if (this.#request !== null || !this.#pool.canAcquire(this.buffer)) return false;
    this.#request = { id, sinceUs: null };
    return true;
  }

  /** The command whose evidence is now complete, or that has waited for a minute; returned once. */
  takeCompletedRequest(nowUs: number): string | null {
    const request = this.#request;
    if (request === null) return null;
    request.sinceUs ??= nowUs;
    const overdue = nowUs - request.sinceUs > MAX_WAIT_US;
    if (!this.buffer.isComplete && !overdue) return null;
    this.#request = null;
    return this.buffer.seconds > 0 ? request.id : null;
  }
}
