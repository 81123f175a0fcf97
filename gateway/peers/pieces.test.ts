import { expect, test } from 'vitest';
import { Pieces, piecesOf } from './pieces.ts';

/** Longer than one NOTIFY, with characters of four bytes at the seams. */
const LONG = '🙂é"\\'.repeat(3000);
const OTHER = `!${LONG.slice(1)}`;

test('a long text arrives whole, in pieces that PostgreSQL passes on', () => {
  const pieces = piecesOf('a', 1, LONG);
  expect(Math.max(...pieces.map((piece) => Buffer.byteLength(piece)))).toBeLessThan(8000);
  const heard = new Pieces('b');
  expect(
    pieces
      .map((piece) => heard.add(piece))
      .filter((text) => text !== null)
      .map((text) => text === LONG),
  ).toEqual([true]);
});

test('texts of two gateways at once do not mix, and the own one is left out', () => {
  const heard = new Pieces('c');
  const [first, second] = [piecesOf('a', 1, LONG), piecesOf('b', 1, OTHER)];
  const texts = first.flatMap((piece, i) => [heard.add(piece), heard.add(second[i])]);
  expect(texts.filter((text) => text !== null).map((text) => text === LONG || text === OTHER)).toEqual([true, true]);
  expect(piecesOf('c', 1, 'own').map((piece) => heard.add(piece))).toEqual([null]);
});

test('what lost its beginning is nothing', () => {
  const heard = new Pieces('b');
  expect(
    piecesOf('a', 1, LONG)
      .slice(1)
      .map((piece) => heard.add(piece))
      .every((text) => text === null),
  ).toBe(true);
});
