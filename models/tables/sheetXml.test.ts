import { expect, test } from 'vitest';
import { xmlParts } from './sheetXml.ts';

const texts = (xml: string) => [...xmlParts(xml)].flatMap((part) => (part.kind === 'text' ? [part.text] : []));

test('comments, processing instructions and character data end at their closing marks', () => {
  expect(texts('<a><!-- x -->1<?y z?>2<![CDATA[<3>]]></a>').join('')).toBe('12<3>');
});

test.each(['<!--', '<?', '<![CDATA['])('%s that is never closed extends to the end, in linear time', (begin) => {
  // With a search for the end from each beginning this is 10^10 steps.
  expect(
    texts(`<a>1</a>${begin.repeat(100_000)}`)
      .join('')
      .slice(0, 1),
  ).toBe('1');
});

test('an unknown entity is kept, even if objects have a property of that name', () => {
  expect(texts('<a>&constructor; &amp; &none;</a>').join('')).toBe('&constructor; & &none;');
});
