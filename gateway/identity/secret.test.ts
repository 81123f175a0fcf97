import { expect, test } from 'vitest';
import { checkPassword, hashPassword, isPassword } from './password.ts';
import { bitsOf, findWeakness, generateSecret } from './secret.ts';

test('the strength of a token follows from its length and alphabet', () => {
  expect(bitsOf('0123456789'.repeat(4))).toBeCloseTo(132.9, 1);
  expect(findWeakness('0123456789abcdef'.repeat(2))).toBeNull();
  expect(findWeakness('0123456789abcdef'.repeat(2).slice(1))).toContain('at most 124 bits');
  expect(findWeakness('correct-horse-battery')).toContain('at most 126 bits');
  expect(findWeakness('ab'.repeat(100))).toContain('at most 0 bits');
  for (let i = 0; i < 1000; i++) expect(findWeakness(generateSecret())).toBeNull();
});

test('a password matches only its own hash, in any Unicode normal form', async () => {
  const hash = await hashPassword('Müller-Straße 12');
  expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
  expect(await isPassword('Mu\u0308ller-Straße 12', hash)).toBe(true);
  expect(await isPassword('Muller-Straße 12', hash)).toBe(false);
  await expect(isPassword('x', 'plain')).rejects.toThrow('not a password hash');
});

test('a guessable password is refused with the reason', () => {
  expect(checkPassword('elevenchars', 'ann')).toContain('12 to 200');
  expect(checkPassword('aaaabbbbaaaabbbb', 'ann')).toContain('five different');
  expect(checkPassword('my name is ANN!', 'ann')).toContain('account name');
  expect(checkPassword('correct horse battery', 'ann')).toBeNull();
});
