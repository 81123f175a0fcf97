import { type Piece, pieceSchema, type Want } from '#models/contracts/modelPieces.ts';
import { MAX_PACKAGE_BYTES } from '#models/packages/modelPackage.ts';
import { parseJson } from '#models/tables/parseJson.ts';

/** A missing piece is requested again after this time … */
const RETRY_MS = 3000;
/** … at most this many times. */
const MAX_REQUESTS = 10;

/** Fetches packages from the gateway, piece by piece; one at a time. */
export class PackageFetcher {
  readonly #request: (want: Pick<Want, 'id' | 'piece'>) => void;
  #waiting: { id: string; piece: number; take: (piece: Piece) => void } | null = null;
  #busy: Promise<unknown> = Promise.resolve();
  #stop: (() => void) | null = null;

  /** @param request sends a request; it may be lost. */
  constructor(request: (want: Pick<Want, 'id' | 'piece'>) => void) {
    this.#request = request;
  }

  /** The package's text. @throws Error with why it is unavailable. */
  fetch(id: string): Promise<string> {
    const fetched = this.#busy.then(() => this.#fetchAll(id));
    // The caller handles a failure; the next fetch only waits for this one to end.
    this.#busy = fetched.catch(() => undefined);
    return fetched;
  }

  /** Handles a message on the topic of pieces; a piece that is not awaited is ignored. */
  receive(payload: Uint8Array): void {
    const piece = pieceSchema.safeParse(parseJson(Buffer.from(payload).toString('utf8')));
    const waiting = this.#waiting;
    if (piece.success && waiting && piece.data.id === waiting.id && piece.data.piece === waiting.piece)
      waiting.take(piece.data);
  }

  /** Abandons the current fetch. */
  stop(): void {
    this.#stop?.();
  }

  async #fetchAll(id: string): Promise<string> {
    let text = '';
    for (let piece = 0, of = 1; piece < of; piece++) {
      const received = await this.#fetchPiece(id, piece);
      if (received.text === null) throw new Error(`the gateway has no approved package ${id.slice(0, 12)}`);
      text += received.text;
      of = received.of;
      if (text.length > MAX_PACKAGE_BYTES) throw new Error(`the package is larger than ${MAX_PACKAGE_BYTES} bytes`);
    }
    return text;
  }

  #fetchPiece(id: string, piece: number): Promise<Piece> {
    return new Promise((resolve, reject) => {
      let attempts = 0;
      const settle = (finish: () => void) => {
        clearInterval(timer);
        this.#waiting = null;
        this.#stop = null;
        finish();
      };
      const requestPiece = () => {
        if (attempts++ < MAX_REQUESTS) this.#request({ id, piece });
        else settle(() => reject(new Error(`the gateway did not send piece ${piece} of the package`)));
      };
      const timer = setInterval(requestPiece, RETRY_MS);
      this.#waiting = { id, piece, take: (got) => settle(() => resolve(got)) };
      this.#stop = () => settle(() => reject(new Error('the edge is ending')));
      requestPiece();
    });
  }
}
