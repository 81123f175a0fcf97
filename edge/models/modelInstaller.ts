import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Order } from '#models/contracts/command.ts';
import { unpackProcess } from '#models/health/process/processModel.ts';
import { isSigned, type ModelPackage, modelText, openPackage } from '#models/packages/modelPackage.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Installed } from '../pipeline/process/slotModels.ts';
import { evaluateTrial, trialJobs } from '../pipeline/process/trial.ts';
import type { HostResult, ModelHost } from './modelHost.ts';

type ModelOrder = Extract<Order, { what: 'model' }>;

/**
 * Brings models to machines: fetches or opens the package, verifies its signature, and tries it on the machine's own
 * rows.
 */
export class ModelInstaller {
  readonly #key: KeyObject | null;
  readonly #host: ModelHost;
  readonly #pipeline: Pipeline;
  readonly #fetch: (id: string) => Promise<string>;
  readonly #log: Logger;
  readonly #preparing = new Map<string, Promise<Installed>>();

  /**
   * @param keyFile public key that verifies packages.
   * @throws if the file cannot be read or holds no key.
   */
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

  /**
   * Prepares a model for installation; a repeated command does not repeat the trial.
   * @throws Error with the reason if it cannot be installed, or does not fit the machine.
   */
  prepare({ asset, id }: Pick<ModelOrder, 'asset' | 'id'>): Promise<Installed> {
    const key = `${asset}/${id}`;
    const prepared = this.#preparing.get(key) ?? this.#prepare(asset, id).finally(() => this.#preparing.delete(key));
    this.#preparing.set(key, prepared);
    return prepared;
  }

  async #prepare(asset: string, id: string): Promise<Installed> {
    // It passed its trial when it was installed.
    const installed = this.#pipeline.updateModels(asset, (slot) => slot.find(id));
    if (installed) return installed;
    const modelPackage = await openPackage(await this.#fetch(id));
    if (modelPackage.id !== id) throw new Error('the package is not the one that the command named');
    return this.#tryPackage(asset, modelPackage);
  }

  /** As `prepare`, for a package that `open` read locally, from a stick or a disk. */
  preparePackage(asset: string, modelPackage: ModelPackage): Promise<Installed> {
    return this.#tryPackage(asset, modelPackage);
  }

  /** @throws Error with why it is not a package. */
  openFile(file: string): Promise<ModelPackage> {
    return openPackage(readFileSync(file, 'utf8'));
  }

  async #tryPackage(asset: string, modelPackage: ModelPackage): Promise<Installed> {
    if (!this.#key) throw new Error('the edge has no key to check signatures with: set uplink.commandKeyFile');
    if (!(await isSigned(modelPackage, this.#key.export({ format: 'der', type: 'spki' }))))
      throw new Error('the package is not signed by the key that this edge trusts');
    const { name, release, kind } = modelPackage.manifest;
    if (kind !== 'process') throw new Error(`an edge runs models of process values, not of kind ${kind}`);
    const model = unpackProcess(modelText(modelPackage));
    const { rows, jobs } = this.#pipeline.updateModels(asset, (slot) => {
      const own = slot.recentRows(model);
      return { rows: own, jobs: trialJobs(modelPackage.id, model, own) };
    });
    const results: HostResult[] = [];
    // One by one: rows of other machines may run in between, and the trial ends at the first failure.
    for (const job of jobs) {
      const [result] = await this.#host.run([job]);
      results.push(result);
      if (!result.ok) break;
    }
    const trial = evaluateTrial(model, results, rows.length);
    if (!trial.ok) throw new Error(trial.why);
    const [first] = results;
    if (first.ok)
      this.#log.info({ asset, model: `${name} ${release}`, runtime: first.runtime }, 'the trial of a model passed');
    return { id: modelPackage.id, name, release, model };
  }
}
