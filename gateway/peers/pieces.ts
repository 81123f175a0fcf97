/** PostgreSQL passes at most 8,000 bytes at once. */
const PIECE_CHARACTERS = 2500;
/** Messages of which pieces are missing; those of a gateway that died in between go first. */
const MAX_OPEN = 100;

interface Piece {
  from: string;
  id: number;
  piece: number;
  of: number;
  text: string;
}

/** A text in pieces that PostgreSQL passes on. */
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

/** Puts the pieces of messages together. */
export class Pieces {
  readonly #own: string;
  readonly #open = new Map<string, string[]>();

  /** @param own the gateway whose messages are left out: it knows them. */
  constructor(own: string) {
    this.#own = own;
  }

  /** The text that a piece completes; null: none, or an own one. */
  add(payload: string): string | null {
    const { from, id, piece, of, text } = JSON.parse(payload) as Piece;
    if (from === this.#own) return null;
    const key = `${from}/${id}`;
    const parts = this.#open.get(key) ?? [];
    parts.push(Buffer.from(text, 'base64').toString('utf16le'));
    // PostgreSQL keeps the order of one sender.
    if (piece + 1 < of) this.#open.set(key, parts);
    else this.#open.delete(key);
    for (const oldest of this.#open.keys()) if (this.#open.size > MAX_OPEN) this.#open.delete(oldest);
    return piece + 1 === of && parts.length === of ? parts.join('') : null;
  }
}
