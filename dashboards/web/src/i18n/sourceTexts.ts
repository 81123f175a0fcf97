import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The texts that a source file shows: translated keys, and untranslated literals. */
export interface SourceTexts {
  translated: string[];
  literal: string[];
}

/** Attributes of elements and components that are never shown. */
const HIDDEN =
  /^(class|href|key|id|name|type|value|autocomplete|role|scope|step|accept|rel|kind|viewBox|preserveAspectRatio|xmlns|tone|topic|popover|data-.*|aria-(labelledby|current|hidden))$/;
/** Functions and constructors whose arguments are never shown. */
const INTERNAL =
  /(^|\.)(term|translated|useSignal|getItem|setItem|removeItem|getPropertyValue|querySelector(All)?|addEventListener|removeEventListener|matchMedia|getElementById|getContext|createElement|startsWith|endsWith|includes|replace|replaceAll|split|request|get|get<.*|post|send|save|mayUse|join|URLSearchParams|Headers|toLocaleString|field|Symbol|set|convertAmplitude)$/;

/** All texts of the page's sources. Keys are literal arguments of `t`. */
export function sourceTexts(folder: string): Map<string, SourceTexts> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.ts$|\.d\.ts$/.test(name) && !name.startsWith('i18n'))
    .map((name) => name.replaceAll('\\', '/'));
  return new Map(files.map((name) => [name, textsOf(name, readFileSync(join(folder, name), 'utf8'))]));
}

export function textsOf(name: string, source: string): SourceTexts {
  const kind = name.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, kind);
  const texts: SourceTexts = { translated: [], literal: [] };
  visit(file, texts);
  return texts;
}

function visit(node: ts.Node, texts: SourceTexts): void {
  if (isKey(node)) {
    texts.translated.push(node.text);
    return;
  }
  if (isHidden(node)) {
    // A hidden node may contain a visible one, such as a function that returns an element.
    ts.forEachChild(node, (child) => (isText(child) ? undefined : visit(child, texts)));
    return;
  }
  if (isText(node) && /\p{Letter}/u.test(node.text)) texts.literal.push(node.text.trim());
  ts.forEachChild(node, (child) => visit(child, texts));
}

type Written = ts.StringLiteralLike | ts.JsxText | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail;

const isText = (node: ts.Node): node is Written =>
  ts.isStringLiteralLike(node) ||
  ts.isJsxText(node) ||
  ts.isTemplateHead(node) ||
  ts.isTemplateMiddle(node) ||
  ts.isTemplateTail(node);

const isKey = (node: ts.Node): node is ts.StringLiteralLike =>
  ts.isStringLiteralLike(node) &&
  ts.isCallExpression(node.parent) &&
  node.parent.expression.getText() === 't' &&
  node.parent.arguments[0] === node;

/** Whether the texts directly inside belong to the program rather than the page. */
function isHidden(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return true;
  if (ts.isJsxAttribute(node)) return HIDDEN.test(node.name.getText());
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) return INTERNAL.test(node.expression.getText());
  if (ts.isElementAccessExpression(node) || ts.isCaseClause(node)) return true;
  return ts.isBinaryExpression(node) && /^([!=]==|in|instanceof)$/.test(node.operatorToken.getText());
}
