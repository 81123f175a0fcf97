import { expect, test } from 'vitest';
import { CannotListen, listenError } from './listenError.ts';

const failed = (code: string) => Object.assign(new Error(`listen ${code}`), { code, address: '127.0.0.1', port: 80 });

test('an occupied or forbidden port is named with its setting, in one line', () => {
  const error = listenError(failed('EADDRINUSE'), 'api.port');
  expect(error).toBeInstanceOf(CannotListen);
  expect((error as Error).message).toBe(
    'api.port: found 127.0.0.1:80; allowed: a free port: another program listens on this one',
  );
  expect((listenError(failed('EACCES'), 'http.port') as Error).message).toMatch(/^http\.port: found .* may listen on/);
});

test('any other error is unchanged', () => {
  const other = failed('EMFILE');
  expect(listenError(other, 'api.port')).toBe(other);
});
