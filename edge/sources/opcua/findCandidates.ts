import { type ClientSession, NodeClass } from 'node-opcua-client';
import { childrenOf } from './children.ts';
import type { OpcuaSelectionConfig } from './opcuaConfig.ts';
import { matchPath, mayContinue, type PathLevel, type PathPattern, parsePathPattern } from './pathPattern.ts';
import type { ServerLimits } from './serverLimits.ts';
import type { TypeTree } from './typeTree.ts';

/** A variable whose path matches, and the captures of the pattern's braces. */
export interface Candidate {
  nodeId: string;
  path: string;
  parts: Record<string, string>;
}

interface Visited {
  nodeId: string;
  levels: PathLevel[];
  /** Node ids from the root: an address space may have cycles. */
  passed: ReadonlySet<string>;
}

const MAX_DEPTH = 12;
const MAX_VISITED = 50_000;
const CHUNK = 100;
/** The server's own diagnostics, which belong to no machine. */
const SERVER = 'ns=0;i=2253';

/**
 * Variables below a node whose paths match a selection's pattern, in order of path. Only branches that may lead to a
 * match are followed; `isComplete` is false if there were too many.
 * @param typeOf the node id or name of the type that a brace's node must have.
 */
export async function findCandidates(
  session: ClientSession,
  { path }: OpcuaSelectionConfig,
  root: string,
  typeOf: (capture: string) => string | undefined,
  types: TypeTree,
  limits: ServerLimits,
): Promise<{ matches: Candidate[]; isComplete: boolean }> {
  const pattern = parsePathPattern(path) as PathPattern;
  const { variables, isComplete } = await visit(session, pattern, root, limits);
  await types.load(variables.flatMap(({ levels }) => levels.map(({ typeId }) => typeId)));
  const fits = (capture: string, { typeId }: PathLevel) => {
    const required = typeOf(capture);
    return required === undefined || types.isOf(typeId, required);
  };
  const matches = variables.flatMap(({ nodeId, levels }) => {
    const parts = matchPath(pattern, levels, fits);
    const names = namesOf(levels);
    return parts ? [{ nodeId, path: names.join('/'), parts: { name: names[names.length - 1], ...parts } }] : [];
  });
  return { matches: matches.toSorted((a, b) => (a.path < b.path ? -1 : 1)), isComplete };
}

/** Variables that may match by their names alone. */
async function visit(session: ClientSession, pattern: PathPattern, root: string, limits: ServerLimits) {
  const variables: Visited[] = [];
  let visited = 0;
  let level: Visited[] = [{ nodeId: root, levels: [], passed: new Set([root]) }];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: Visited[] = [];
    for (let at = 0; at < level.length; at += CHUNK) {
      const parents = level.slice(at, at + CHUNK);
      const ids = parents.map(({ nodeId }) => nodeId);
      const children = await childrenOf(session, ids, limits);
      for (const [i, { levels, passed }] of parents.entries()) {
        for (const { nodeId, browseName, nodeClass, typeDefinition } of children[i]) {
          const id = nodeId.toString();
          if (passed.has(id) || id === SERVER) continue;
          if (++visited > MAX_VISITED) return { variables, isComplete: false };
          const here = [...levels, { name: browseName.name ?? '', typeId: typeDefinition.toString() }];
          const found = { nodeId: id, levels: here, passed: new Set([...passed, id]) };
          if (nodeClass === NodeClass.Variable && matchPath(pattern, here, () => true)) variables.push(found);
          const leadsOn = nodeClass === NodeClass.Object || nodeClass === NodeClass.Variable;
          if (leadsOn && mayContinue(pattern, namesOf(here))) next.push(found);
        }
      }
    }
    level = next;
  }
  return { variables, isComplete: true };
}

const namesOf = (levels: readonly PathLevel[]) => levels.map(({ name }) => name);
