import { expect, test } from 'vitest';
import { eventReader } from './eventStream.ts';

test('reads complete events from arbitrary chunks, with the last id received', () => {
  const read = eventReader();
  expect(read('id: a-1\nretry: 2000\n\nid: a-2\ndata: {"ty')).toEqual([{ id: 'a-1', data: '' }]);
  expect(read('pe":1}\n')).toEqual([]);
  expect(read('\n: keep-alive\n\ndata: one\ndata: two\n\n')).toEqual([
    { id: 'a-2', data: '{"type":1}' },
    { id: 'a-2', data: '' },
    { id: 'a-2', data: 'one\ntwo' },
  ]);
});

test('a stream without ids has none', () => {
  expect(eventReader()('data: 1\n\n')).toEqual([{ id: null, data: '1' }]);
});
