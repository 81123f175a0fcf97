import { AttributeIds, BrowseDirection, type ClientSession, type QualifiedName } from 'node-opcua-client';
import { inCalls, type ServerLimits } from './serverLimits.ts';

const HAS_SUBTYPE = 'ns=0;i=45';

/** Cached types of a server, each with its supertypes. */
export class TypeTree {
  readonly #session: ClientSession;
  readonly #limits: ServerLimits;
  readonly #types = new Map<string, { name: string; parent: string | null }>();

  constructor(session: ClientSession, limits: ServerLimits) {
    this.#session = session;
    this.#limits = limits;
  }

  /** Looks up types and their supertypes. @throws if a call fails as a whole. */
  async load(typeIds: Iterable<string>): Promise<void> {
    let unknown = this.#unknown(typeIds);
    while (unknown.length > 0) {
      const parents = await this.#parentsOf(unknown);
      const names = await inCalls(unknown, this.#limits.reads, (some) =>
        this.#session.read(some.map((nodeId) => ({ nodeId, attributeId: AttributeIds.BrowseName }))),
      );
      for (const [i, id] of unknown.entries()) {
        const name = (names[i].value?.value as QualifiedName | null | undefined)?.name ?? '';
        this.#types.set(id, { name, parent: parents[i] });
      }
      unknown = this.#unknown(parents.flatMap((parent) => parent ?? []));
    }
  }

  /** Whether a type is another, or a subtype of it; the other is given by node id or browse name. */
  isOf(typeId: string, other: string): boolean {
    const passed = new Set<string>();
    for (let id: string | null = typeId; id !== null && !passed.has(id); ) {
      passed.add(id);
      const type = this.#types.get(id);
      if (id === other || type?.name === other) return true;
      id = type?.parent ?? null;
    }
    return false;
  }

  #unknown(typeIds: Iterable<string>): string[] {
    return [...new Set(typeIds)].filter((id) => !this.#types.has(id));
  }

  async #parentsOf(typeIds: readonly string[]): Promise<(string | null)[]> {
    const results = await inCalls(typeIds, this.#limits.browses, (some) =>
      this.#session.browse(
        some.map((nodeId) => ({
          nodeId,
          referenceTypeId: HAS_SUBTYPE,
          browseDirection: BrowseDirection.Inverse,
          includeSubtypes: true,
          nodeClassMask: 0,
          resultMask: 63,
        })),
      ),
    );
    return results.map(({ references }) => references?.[0]?.nodeId.toString() ?? null);
  }
}
