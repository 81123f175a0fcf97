import { createPatch } from 'diff';
import { parse } from 'yaml';
import { formatError, parseConfiguration } from '#models/configuration/parse.ts';
import { edgeConfigSchema } from '../config.ts';
import type { BrowsedVariable } from '../sources/opcua/browse.ts';
import type { Discovery, FoundGroup } from './discover.ts';
import {
  type BrokerAddress,
  type EdgeBasics,
  type MachineFacts,
  type OpcuaNode,
  SetupError,
  withBasics,
  withMachine,
  withNodes,
  withSubscriptions,
} from './editConfig.ts';

/** The set-up's interface to its environment. */
export interface SetupWorld {
  /** The stored configuration; empty if there is none yet. */
  read(): string;
  /** Stores a configuration and starts the edge with it; if that fails, the old one keeps running. @throws Error. */
  start(text: string): Promise<void>;
  listen(broker: BrokerAddress, filter: string, seconds: number): Promise<Discovery>;
  /** @param settings of the draft's source for that endpoint: security, user; empty if it has none. */
  browse(endpoint: string, settings: object): Promise<readonly BrowsedVariable[]>;
}

export interface KnownPoint {
  point: string;
  /** Undefined: none of its messages has been seen in this set-up. */
  kind: 'waveform' | 'value' | undefined;
  unit: string | undefined;
  role: string | undefined;
  hasBearing: boolean;
}

/** A machine that is in the draft or was mapped, and its points. */
export interface KnownMachine {
  asset: string;
  kind: string | undefined;
  ratedRpm: number | undefined;
  points: KnownPoint[];
}

interface Found {
  asset: string;
  point: string;
  kind: KnownPoint['kind'];
}

/** The part of a draft's machines that a form shows, even if the rest is invalid. */
interface DraftAssets {
  assets?: Record<
    string,
    {
      kind?: string;
      ratedRpm?: number;
      points?: Record<string, { unit?: string; role?: string; bearing?: unknown } | null>;
    } | null
  > | null;
}

/** The set-up of one edge: a draft of its configuration, the discovered sources, and the draft's errors. */
export class Setup {
  draft: string;
  /** The last broker listened to, and its discovery. */
  discovery: (Discovery & { broker: BrokerAddress }) | null = null;
  /** The last OPC UA server browsed. */
  browsed: { endpoint: string; variables: readonly BrowsedVariable[] } | null = null;
  /** Whether the edge runs with the stored configuration. */
  isRunning = false;
  readonly #world: SetupWorld;
  readonly #mapped = new Map<string, Found>();

  constructor(world: SetupWorld) {
    this.#world = world;
    this.draft = world.read();
  }

  /** The draft's settings of the edge itself; '' if absent. */
  get basics(): EdgeBasics {
    const { site, edge, dataDirectory, uplink } = (parse(this.draft) ?? {}) as Partial<Record<string, unknown>>;
    const text = (value: unknown) => (typeof value === 'string' ? value : '');
    const uplinkUrl = text((uplink as { url?: unknown } | null | undefined)?.url);
    return { site: text(site), edge: text(edge), dataDirectory: text(dataDirectory), uplinkUrl };
  }

  setBasics(basics: EdgeBasics): void {
    this.draft = withBasics(this.draft, basics);
  }

  async listen(broker: BrokerAddress, filter: string, seconds: number): Promise<void> {
    this.discovery = { broker, ...(await this.#world.listen(broker, filter, seconds)) };
  }

  /** Adds proposed mappings, by their indices in the discovery. */
  addGroups(indices: readonly number[]): void {
    const { discovery } = this;
    const groups = indices.flatMap((i): FoundGroup[] => discovery?.groups.slice(i, i + 1) ?? []);
    if (discovery === null || groups.length === 0) throw new SetupError('no mapping was selected');
    const subscriptions = groups.map(({ subscription }) => subscription);
    this.draft = withSubscriptions(this.draft, discovery.broker, subscriptions);
    for (const found of groups.flatMap(({ points }) => points)) this.#note(found);
    this.discovery = null;
  }

  async browse(endpoint: string): Promise<void> {
    this.browsed = { endpoint, variables: await this.#world.browse(endpoint, this.#settingsOf(endpoint)) };
  }

  addNodes(nodes: readonly OpcuaNode[]): void {
    const { browsed } = this;
    if (browsed === null || nodes.length === 0) throw new SetupError('no node was selected');
    this.draft = withNodes(this.draft, browsed.endpoint, nodes);
    for (const { nodeId, asset, point } of nodes) {
      const variable = browsed.variables.find((v) => v.nodeId === nodeId);
      this.#note({ asset, point, kind: variable?.length == null ? 'value' : 'waveform' });
    }
    this.browsed = null;
  }

  setMachine(facts: MachineFacts): void {
    this.draft = withMachine(this.draft, facts);
  }

  /** The draft's errors; empty if it is valid. */
  faults(): string[] {
    const parsed = parseConfiguration(this.draft, edgeConfigSchema);
    return parsed.ok ? [] : parsed.errors.map((error) => formatError(error, 'edge.yaml'));
  }

  /** The draft's changes of the stored file, as a unified diff; empty if there are none. */
  diff(): string {
    const stored = this.#world.read();
    return stored === this.draft ? '' : createPatch('edge.yaml', stored, this.draft, 'stored', 'draft');
  }

  async start(): Promise<void> {
    if (this.faults().length > 0) throw new SetupError('the configuration is not valid yet');
    await this.#world.start(this.draft);
    this.isRunning = true;
  }

  /** Machines by name: those of the draft, and those of this set-up's mappings. */
  machines(): KnownMachine[] {
    const { assets } = (parse(this.draft) ?? {}) as DraftAssets;
    const mapped = [...this.#mapped.values()];
    const names = new Set([...Object.keys(assets ?? {}), ...mapped.map(({ asset }) => asset)]);
    return [...names].sort().map((asset) => {
      const own = assets?.[asset] ?? {};
      const points = new Set([
        ...Object.keys(own.points ?? {}),
        ...mapped.filter((m) => m.asset === asset).map(({ point }) => point),
      ]);
      return {
        asset,
        kind: own.kind,
        ratedRpm: own.ratedRpm,
        points: [...points].sort().map((point): KnownPoint => {
          const { unit, role, bearing } = own.points?.[point] ?? {};
          const kind = this.#mapped.get(`${asset}/${point}`)?.kind;
          return { point, kind, unit, role, hasBearing: bearing !== undefined };
        }),
      };
    });
  }

  #settingsOf(endpoint: string): object {
    const { sources } = (parse(this.draft) ?? {}) as { sources?: { type?: string; endpoint?: string }[] | null };
    return sources?.find((source) => source.type === 'opcua' && source.endpoint === endpoint) ?? {};
  }

  #note(found: Found): void {
    this.#mapped.set(`${found.asset}/${found.point}`, found);
  }
}
