import type { Logger } from 'pino';
import type { Target } from '#models/contracts/rollout.ts';
import { ALONE, type Lead } from '../peers/lead.ts';
import { type Comparison, findUnfitMachines, type ProposalParts, proposalKey, proposeModel } from './proposals.ts';
import { RegistryError } from './registry.ts';

const WATCH_MS = 3_600_000;
const DAYS = 14;

/** Proposes models: on request, and hourly for machines whose model no longer fits. */
export class Proposals {
  readonly #parts: ProposalParts;
  readonly #log: Logger;
  readonly #lead: Lead;
  readonly #timer: NodeJS.Timeout;
  readonly #proposed = new Set<string>();

  constructor(parts: ProposalParts, log: Logger, lead: Lead = ALONE) {
    this.#parts = parts;
    this.#log = log;
    this.#lead = lead;
    this.#timer = setInterval(() => {
      if (this.#lead.isLeader)
        this.watch().catch((error) =>
          this.#log.warn({ error: String(error) }, 'the fit of models could not be looked at'),
        );
    }, WATCH_MS);
  }

  /** @throws RegistryError if there is too little data. */
  propose(target: Target, days: number, by: string): Promise<{ id: string; comparison: Comparison }> {
    return proposeModel(target, days, by, this.#parts);
  }

  async watch(): Promise<void> {
    for (const target of findUnfitMachines(this.#parts.edges(), this.#proposed)) {
      const { site, edge, asset } = target;
      const models = this.#parts.edges().find((e) => e.site === site && e.edge === edge)?.models;
      const running = models?.find((m) => m.asset === asset)?.active?.id ?? '';
      this.#proposed.add(proposalKey(target, running));
      try {
        const { id, comparison } = await this.propose(target, DAYS, 'millwright');
        this.#log.info({ ...target, id, comparison }, 'a model is proposed, and waits for approval');
      } catch (error) {
        // Failures other than too few rows may be temporary, so it is retried in an hour.
        if (!(error instanceof RegistryError)) this.#proposed.delete(proposalKey(target, running));
        this.#log.warn({ ...target, why: String(error) }, 'no model is proposed');
      }
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
