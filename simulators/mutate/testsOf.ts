import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

/**
 * Unit tests that reach a file over at most `reach` imports, nearest first. The test with the file's name comes first,
 * however it reaches the file: with a fixture, a part may be several imports away.
 */
export function testsOf(file: string, importers: ReadonlyMap<string, readonly string[]>, reach: number): string[] {
  const own = file.replace(/\.ts$/, '.test.ts');
  const tests = existsSync(own) ? [own] : [];
  const seen = new Set([file, ...tests]);
  let edge = [file];
  for (let step = 0; step < reach; step++) {
    edge = edge.flatMap((at) => importers.get(at) ?? []).filter((at) => !seen.has(at) && seen.add(at));
    tests.push(...edge.filter((at) => at.endsWith('.test.ts')));
  }
  return tests;
}

/** For each source below `root`: the files that import it, type imports excluded. Paths are absolute. */
export function importersBelow(root: string): Map<string, string[]> {
  const importers = new Map<string, string[]>();
  for (const from of ['edge', 'gateway', 'models', 'simulators'].flatMap((room) => sourcesBelow(resolve(root, room)))) {
    for (const specifier of importsOf(readFileSync(from, 'utf8'))) {
      if (!/^[#.]/.test(specifier)) continue;
      const to = specifier.startsWith('#') ? resolve(root, specifier.slice(1)) : resolve(dirname(from), specifier);
      importers.set(to, [...(importers.get(to) ?? []), from]);
    }
  }
  return importers;
}

export const sourcesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(folder, name));

/** Specifiers of the modules that a source imports or exports from at run time. */
export function importsOf(source: string): string[] {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest);
  return file.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const isTypeOnly = ts.isExportDeclaration(statement)
      ? statement.isTypeOnly
      : statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    const { moduleSpecifier } = statement;
    return moduleSpecifier && ts.isStringLiteral(moduleSpecifier) && !isTypeOnly ? [moduleSpecifier.text] : [];
  });
}
