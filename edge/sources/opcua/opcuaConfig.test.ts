import { expect, test } from 'vitest';
import { opcuaSourceSchema } from './opcuaConfig.ts';

const problems = (settings: object) => {
  const result = opcuaSourceSchema.safeParse({ type: 'opcua', endpoint: 'opc.tcp://h:4840', ...settings });
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
};
const point = { asset: 'a', point: 'p' };
const ofNode = (node: object) => problems({ nodes: [{ ...point, ...node }] });
const ofSelection = (selection: object) => problems({ browse: [selection] });

test('a node has an id or a path', () => {
  expect(ofNode({ nodeId: 'ns=2;s=x' })).toEqual([]);
  expect(ofNode({ path: '/Objects/2:Pump/2:Speed' })).toEqual([]);
  expect(ofNode({})).toEqual(['nodes.0.nodeId: "nodeId" or "path"']);
  expect(ofNode({ nodeId: 'i=1', path: '/Objects' })).toEqual(['nodes.0.nodeId: "nodeId" or "path"']);
  expect(ofNode({ path: 'Objects/2:Pump' })[0]).toMatch(/nodes\.0\.path: a browse path such as/);
  expect(problems({})).toEqual(['nodes: at least one node, or one selection in "browse"']);
});

test('a selection builds point names from captures of its path', () => {
  expect(ofSelection({ path: '{asset}/+/{point}', types: { asset: 'PumpType', point: 'i=2368' } })).toEqual([]);
  expect(ofSelection({ path: '{asset}/#', point: '{rest}' })).toEqual([]);
  expect(ofSelection({ path: '{asset}/#' })).toEqual([
    'browse.0.point: placeholders that "path" has, not {point}: {asset}, {name}, {rest}',
  ]);
  expect(ofSelection({ path: 'x/{point}', asset: 'a', types: { pump: 'PumpType' } })).toEqual([
    'browse.0.types.pump: a placeholder of "path"',
  ]);
  expect(ofSelection({ path: '{asset}//{point}' })[0]).toMatch(/browse names below "under"/);
  expect(ofSelection({ path: '{asset}/{point}', under: 'Objects' })[0]).toMatch(
    /browse\.0\.under: a node id or a browse path/,
  );
});
