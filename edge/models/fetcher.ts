import { type Piece, pieceSchema, type Want } from '#models/contracts/modelPieces.ts';
import { MOST_PACKAGE_BYTES } from '#models/packages/modelPackage.ts';
import { parseJson } from '#models/tables/parseJson.ts';

/** A piece that does not come is asked for again … */
const ASK_AGAIN_MS = 3000;
/** … so often. */
const MOST_ASKS = 10;

/** Fetches packages from the gateway, piece by piece; one at a time. */
export class Fetcher {
  readonly #ask: (want: Pick<Want, 'id' | 'piece'>) => void;
  #waiting: { id: string; piece: number; take: (piece: Piece) => void } | null = null;
  #busy: Promise<unknown> = Promise.resolve();
  #stop: (() => void) | null = null;

  /** @param ask sends what is wanted; it may be lost. */
  constructor(ask: (want: Pick<Want, 'id' | 'piece'>) => void) {
    this.#ask = ask;
  }

  /** The package's text. @throws Error with why it cannot be had. */
  fetch(id: string): Promise<string> {
    const fetched = this.#busy.then(() => this.#all(id));
    // Whoever asked hears of a failure; the next one only waits for its end.
    this.#busy = fetched.catch(() => undefined);
    return fetched;
  }

  /** Takes what came on the pieces' topic; what nobody waits for is let go. */
  receive(payload: Uint8Array): void {
    const piece = pieceSchema.safeParse(parseJson(Buffer.from(payload).toString('utf8')));
    const waiting = this.#waiting;
    if (piece.success && waiting && piece.data.id === waiting.id && piece.data.piece === waiting.piece)
      waiting.take(piece.data);
  }

  /** What is being fetched is given up. */
  stop(): void {
    this.#stop?.();
  }

  async #all(id: string): Promise<string> {
    let text = '';
    for (let piece = 0, of = 1; piece < of; piece++) {
      const got = await this.#one(id, piece);
      if (got.text === null) throw new Error(`the gateway has no approved package ${id.slice(0, 12)}`);
      text += got.text;
      of = got.of;
      if (text.length > MOST_PACKAGE_BYTES) throw new Error(`the package is larger than ${MOST_PACKAGE_BYTES} bytes`);
    }
    return text;
  }

  #one(id: string, piece: number): Promise<Piece> {
    return new Promise((resolve, reject) => {
      let asks = 0;
      const end = (finish: () => void) => {
        clearInterval(timer);
        this.#waiting = null;
        this.#stop = null;
        finish();
      };
      const ask = () => {
        if (asks++ < MOST_ASKS) this.#ask({ id, piece });
        else end(() => reject(new Error(`the gateway did not send piece ${piece} of the package`)));
      };
      const timer = setInterval(ask, ASK_AGAIN_MS);
      this.#waiting = { id, piece, take: (got) => end(() => resolve(got)) };
      this.#stop = () => end(() => reject(new Error('the edge is ending')));
      ask();
    });
  }
}
