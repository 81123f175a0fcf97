/** NOTIFY carries at most 8,000 bytes. */
const PIECE_CHARACTERS = 2500;
/** Limit on incomplete messages; the oldest, such as those of a gateway that died, are dropped. */
const MAX_OPEN = 100;

interface Piece {
  from: string;
  id: number;
  piece: number;
  of: number;
  text: string;
}

/** Splits a text into pieces that fit into a NOTIFY. */
export function piecesOf(from: string, id: number, text: string): string[] {
  const of = Math.max(1, Math.ceil(text.length / PIECE_CHARACTERS));
  return Array.from({ length: of }, (_, piece) => {
    const part = text.slice(piece * PIECE_CHARACTERS, (piece + 1) * PIECE_CHARACTERS);
    return JSON.stringify({
      from,
      id,
      piece,
      of,
      text: Buffer.from(part, 'utf16le').toString('base64'),
    } satisfies Piece);
  });
}

/** Reassembles messages from their pieces. */
export class Pieces {
  readonly #own: string;
  readonly #open = new Map<string, string[]>();

  /** @param own this gateway, whose own messages are ignored. */
  constructor(own: string) {
    this.#own = own;
  }

  /** The text that a piece completes; null if it completes none, or is from this gateway. */
  add(payload: string): string | null {
    const { from, id, piece, of, text } = JSON.parse(payload) as Piece;
    if (from === this.#own) return null;
    const key = `${from}/${id}`;
    const parts = this.#open.get(key) ?? [];
    parts.push(Buffer.from(text, 'base64').toString('utf16le'));
    // PostgreSQL preserves the order of one sender.
    if (piece + 1 < of) this.#open.set(key, parts);
    else this.#open.delete(key);
    for (const oldest of this.#open.keys()) if (this.#open.size > MAX_OPEN) this.#open.delete(oldest);
    return piece + 1 === of && parts.length === of ? parts.join('') : null;
  }
}
