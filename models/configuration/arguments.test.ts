import { Command } from 'commander';
import { expect, test } from 'vitest';
import { fileOf } from './arguments.ts';

test('a missing file may be a misspelt subcommand', () => {
  const edge = new Command('edge');
  const read = fileOf(edge, (file) => file === 'lisen.yaml' || file === 'liste');
  edge.command('listen');
  expect(() => read('lisen')).toThrow('Did you mean listen?');
  expect(read('lisen.yaml')).toBe('lisen.yaml');
  expect(read('liste')).toBe('liste');
  expect(read('plant/other.yaml')).toBe('plant/other.yaml');
});
