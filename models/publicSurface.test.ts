import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import typedoc from './typedoc.json' with { type: 'json' };

/** Exported functions and classes of a module without a docstring, or without a sentence before its tags. */
function undocumentedExports(file: string, text: string): string[] {
  const module = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return module.statements
    .filter((statement) => isExported(statement) && !hasSummary(statement))
    .flatMap(namesOfCode)
    .map((name) => `${file}: ${name}`);
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function hasSummary(statement: ts.Statement): boolean {
  return ts
    .getJSDocCommentsAndTags(statement)
    .some((doc) => ts.isJSDoc(doc) && (ts.getTextOfJSDocComment(doc.comment) ?? '') !== '');
}

/** The name of a function or class, or of a constant whose value is a function. */
function namesOfCode(statement: ts.Statement): string[] {
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
    return [statement.name?.text ?? 'default'];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations
    .filter(({ initializer: value }) => value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)))
    .map(({ name }) => name.getText());
}

/** The modules that `npm run docs:api` documents. */
function publicModules(): string[] {
  const root = new URL('..', import.meta.url);
  const folders = typedoc.entryPoints.map((pattern) => `models/${pattern.replace('/**/*.ts', '')}`);
  return folders
    .flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
    )
    .filter((file) => /(?<!\.(test|e2e|fixture|gen|as|d)|Checks)\.ts$/.test(file));
}

describe('public modules of the models', () => {
  it('document each exported function and class', () => {
    const modules = publicModules();
    expect(modules).toContain('models/signal/welch.ts');
    const texts = modules.map((file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));
    expect(modules.flatMap((file, i) => undocumentedExports(file, texts[i]))).toEqual([]);
  });

  it.each([
    ['a function without a docstring', 'export function f() {}', ['x.ts: f']],
    ['a function with tags alone', '/** @throws RangeError of none. */\nexport function f() {}', ['x.ts: f']],
    ['a constant that is a function', 'export const f = () => 1, n = 1;', ['x.ts: f']],
    ['a class', 'export class C {}', ['x.ts: C']],
    ['a comment that is no docstring', '// Sums.\nexport function f() {}', ['x.ts: f']],
    ['a documented function', '/** Sums. */\nexport function f() {}', []],
    ['what is not exported', 'function f() {}', []],
    ['a constant', 'export const n = 1;', []],
  ])('are checked: %s', (_, text, found) => {
    expect(undocumentedExports('x.ts', text)).toEqual(found);
  });
});
