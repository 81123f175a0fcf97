import ts from 'typescript';

/** One small change of a source text: `was`, which begins at `start`, becomes `now`. */
export interface Mutant {
  start: number;
  /** Counted from 1. */
  line: number;
  was: string;
  now: string;
}

const { SyntaxKind: Kind } = ts;

/** Comparisons lose or gain their boundary, arithmetic is inverted, conjunctions become disjunctions. */
const operators = new Map<ts.SyntaxKind, string>([
  [Kind.PlusToken, '-'],
  [Kind.MinusToken, '+'],
  [Kind.AsteriskToken, '/'],
  [Kind.SlashToken, '*'],
  [Kind.PercentToken, '*'],
  [Kind.LessThanToken, '<='],
  [Kind.LessThanEqualsToken, '<'],
  [Kind.GreaterThanToken, '>='],
  [Kind.GreaterThanEqualsToken, '>'],
  [Kind.EqualsEqualsEqualsToken, '!=='],
  [Kind.ExclamationEqualsEqualsToken, '==='],
  [Kind.AmpersandAmpersandToken, '||'],
  [Kind.BarBarToken, '&&'],
  [Kind.PlusEqualsToken, '-='],
  [Kind.MinusEqualsToken, '+='],
  [Kind.AsteriskEqualsToken, '/='],
  [Kind.SlashEqualsToken, '*='],
]);

/** Statements without a value, which can be removed. Logging is not behaviour under test. */
const isRemovable = (node: ts.Node, text: string) =>
  (ts.isExpressionStatement(node) && !/^(super\(|(this\.)?#?log\.|this\.#log\.)/.test(text)) ||
  ts.isBreakStatement(node) ||
  ts.isContinueStatement(node) ||
  ts.isThrowStatement(node) ||
  (ts.isReturnStatement(node) && node.expression === undefined);

/** Mutants of a TypeScript source, in text order. Types and imports are unchanged. */
export function mutantsOf(source: string): Mutant[] {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const replace = (node: ts.Node, now: string) => {
    const start = node.getStart();
    const line = file.getLineAndCharacterOfPosition(start).line + 1;
    mutants.push({ start, line, was: node.getText(), now });
  };
  const visit = (node: ts.Node) => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    if (isRemovable(node, node.getText())) replace(node, ';');
    if (ts.isBinaryExpression(node) && !isText(node.left) && !isText(node.right)) {
      const now = operators.get(node.operatorToken.kind);
      if (now !== undefined) replace(node.operatorToken, now);
    }
    if (ts.isIfStatement(node)) replace(node.expression, `!(${node.expression.getText()})`);
    if (ts.isConditionalExpression(node)) replace(node.condition, `!(${node.condition.getText()})`);
    if (ts.isNumericLiteral(node)) replace(node, Number(node.text) === 0 ? '1' : `(2 * ${node.getText()})`);
    if (node.kind === Kind.TrueKeyword) replace(node, 'false');
    if (node.kind === Kind.FalseKeyword) replace(node, 'true');
    ts.forEachChild(node, visit);
  };
  visit(file);
  return mutants;
}

const isText = (node: ts.Node) => ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);

export const mutated = (source: string, { start, was, now }: Mutant) =>
  source.slice(0, start) + now + source.slice(start + was.length);
