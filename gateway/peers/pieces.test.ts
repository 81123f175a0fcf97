import { expect, test } from 'vitest';
import { Pieces, piecesOf } from './pieces.ts';

/** Longer than one NOTIFY, with four-byte characters at the piece boundaries. */
const LONG = '🙂é"\\'.repeat(3000);
const OTHER = `!${LONG.slice(1)}`;

test('a long text arrives complete, in pieces of valid size for PostgreSQL', () => {
  const pieces = piecesOf('a', 1, LONG);
  expect(Math.max(...pieces.map((piece) => Buffer.byteLength(piece)))).toBeLessThan(8000);
  const assembled = new Pieces('b');
  expect(
    pieces
      .map((piece) => assembled.add(piece))
      .filter((text) => text !== null)
      .map((text) => text === LONG),
  ).toEqual([true]);
});

test('interleaved texts of two gateways are kept apart, and the own one is ignored', () => {
  const assembled = new Pieces('c');
  const [first, second] = [piecesOf('a', 1, LONG), piecesOf('b', 1, OTHER)];
  const texts = first.flatMap((piece, i) => [assembled.add(piece), assembled.add(second[i])]);
  expect(texts.filter((text) => text !== null).map((text) => text === LONG || text === OTHER)).toEqual([true, true]);
  expect(piecesOf('c', 1, 'own').map((piece) => assembled.add(piece))).toEqual([null]);
});

test('a text without its first piece is discarded', () => {
  const assembled = new Pieces('b');
  expect(
    piecesOf('a', 1, LONG)
      .slice(1)
      .map((piece) => assembled.add(piece))
      .every((text) => text === null),
  ).toBe(true);
});
