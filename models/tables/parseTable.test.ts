import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePieces, parseTable } from './parseTable.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test.each([
  ['quotes with line ends', `a;b\n${Array.from({ length: 90 }, (_, i) => `${i};"x\ny ${i}"`).join('\n')}\n`],
  ['carriage returns, a mark and empty lines', `\ufeffa,b\r\n${'1,2\r\n\r\n'.repeat(80)}`],
  ['no line end at the end', `a\tb\n${'1,5\t2\n'.repeat(80)}3\t4`],
])('pieces of a table have its rows and lines: %s', (_, text) => {
  const whole = parseTable(bytes(text));
  const pieces = [...parsePieces(bytes(text), undefined, 100)];
  expect(pieces.length).toBeGreaterThan(3);
  expect(pieces.flatMap((piece) => piece.rows)).toEqual(whole.rows);
  expect(pieces.flatMap((piece) => piece.lines)).toEqual(whole.lines);
  expect(new Set(pieces.map((piece) => piece.separator))).toEqual(new Set([whole.separator]));
});

test('an error in a later piece has its line in the file', () => {
  const text = `a,b\n${'1,2\n'.repeat(100)}1,"2"3\n`;
  expect(() => [...parsePieces(bytes(text), undefined, 100)]).toThrow('line 102');
});

test('a text without quotes, parsed faster, has the cells and lines of one with a quote', () => {
  const pieces = ['1', 'a', ' ', '.', 'é', ',', ',', ',', ';', '\t', '\n', '\n', '\r\n'];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => `h,1${parts.join('')}`);
  fc.assert(
    fc.property(text, fc.boolean(), (written, emptyRows) => {
      const [plain, quoted] = [`${written}\nend`, `${written}\n"end"`].map((one) =>
        parseTable(bytes(one), ',', emptyRows),
      );
      expect(plain).toEqual(quoted);
    }),
    { numRuns: 500 },
  );
});
