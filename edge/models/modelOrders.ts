import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Order } from '#models/contracts/command.ts';
import { unpackProcess } from '#models/health/process/processModel.ts';
import { isSigned, type ModelPackage, modelText, openPackage } from '#models/packages/modelPackage.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Installed } from '../pipeline/processSlot.ts';
import { judgeTrial, trialJobs } from '../pipeline/trial.ts';
import type { HostResult, ModelHost } from './modelHost.ts';

type ModelOrder = Extract<Order, { what: 'model' }>;

/** Brings models to machines: fetched or from a file, their signature checked, tried on the machine's own rows. */
export class ModelOrders {
  readonly #key: KeyObject | null;
  readonly #host: ModelHost;
  readonly #pipeline: Pipeline;
  readonly #fetch: (id: string) => Promise<string>;
  readonly #log: Logger;
  readonly #preparing = new Map<string, Promise<Installed>>();

  /** @param keyFile whose signature packages have to bear. @throws where it cannot be read, or is none. */
  constructor(
    keyFile: string | undefined,
    host: ModelHost,
    pipeline: Pipeline,
    fetch: (id: string) => Promise<string>,
    log: Logger,
  ) {
    this.#log = log;
    this.#key = keyFile === undefined ? null : createPublicKey(readFileSync(keyFile));
    this.#host = host;
    this.#pipeline = pipeline;
    this.#fetch = fetch;
  }

  /** Has it ready to be installed; told twice, it is tried once. @throws Error with why it is not, or does not fit the machine. */
  prepare({ asset, id }: Pick<ModelOrder, 'asset' | 'id'>): Promise<Installed> {
    const key = `${asset}/${id}`;
    const prepared = this.#preparing.get(key) ?? this.#prepare(asset, id).finally(() => this.#preparing.delete(key));
    this.#preparing.set(key, prepared);
    return prepared;
  }

  async #prepare(asset: string, id: string): Promise<Installed> {
    // It was tried when it came.
    const known = this.#pipeline.changeModels(asset, (slot) => slot.known(id));
    if (known) return known;
    const opened = await openPackage(await this.#fetch(id));
    if (opened.id !== id) throw new Error('the package is another one than was ordered');
    return this.#tried(asset, opened);
  }

  /** The same of a package that `open` read here, from a stick or a disk. */
  prepareOpened(asset: string, opened: ModelPackage): Promise<Installed> {
    return this.#tried(asset, opened);
  }

  /** @throws Error with why it is no package. */
  open(file: string): Promise<ModelPackage> {
    return openPackage(readFileSync(file, 'utf8'));
  }

  async #tried(asset: string, opened: ModelPackage): Promise<Installed> {
    if (!this.#key) throw new Error('the edge has no key to check signatures with: set uplink.commandKeyFile');
    if (!(await isSigned(opened, this.#key.export({ format: 'der', type: 'spki' }))))
      throw new Error('the package is not signed by the key that this edge trusts');
    const { name, release, kind } = opened.manifest;
    if (kind !== 'process') throw new Error(`an edge runs models of process values, not of kind ${kind}`);
    const model = unpackProcess(modelText(opened));
    const { rows, jobs } = this.#pipeline.changeModels(asset, (slot) => {
      const own = slot.recentRows(model);
      return { rows: own, jobs: trialJobs(opened.id, model, own) };
    });
    const results: HostResult[] = [];
    // One by one: other machines' rows come in between, and one that does not answer is asked no more.
    for (const job of jobs) {
      const [result] = await this.#host.run([job]);
      results.push(result);
      if (!result.ok) break;
    }
    const trial = judgeTrial(model, results, rows.length);
    if (!trial.ok) throw new Error(trial.why);
    const [first] = results;
    if (first.ok) this.#log.info({ asset, model: `${name} ${release}`, runtime: first.runtime }, 'a model was tried');
    return { id: opened.id, name, release, model };
  }
}
