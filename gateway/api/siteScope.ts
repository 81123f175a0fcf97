import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Identity } from '../identity/identity.ts';
import type { PlanStore } from '../planning/planStore.ts';
import type { Store } from '../store/store.ts';

export interface SiteScopeParts {
  store: Store;
  plans: PlanStore;
}

/**
 * Limits what an identity of some sites is answered to those sites. A site that it names, and an alert, a recording or a
 * suppression of another site, is as unknown to it as one that does not exist; answers lose what belongs to others.
 */
export function limitToSites(app: FastifyInstance, parts: SiteScopeParts): void {
  app.addHook('preValidation', async (request, reply) => {
    const sites = request.identity?.sites ?? null;
    if (sites === null) return;
    const foreign = [...namedSites(request), subjectSite(request, parts)].find(
      (site) => site !== null && !sites.includes(site),
    );
    if (foreign !== undefined) return reply.code(404).send({ error: 'not found among your sites' });
  });
  app.addHook('preSerialization', async (request, reply, payload) => {
    const sites = request.identity?.sites ?? null;
    if (sites === null || reply.statusCode >= 400) return payload;
    const limited = limitedTo(payload, sites);
    if (limited !== null || payload === null) return limited;
    // The route's schema is that of what was found.
    reply.code(404);
    return { error: 'not found among your sites' };
  });
}

/** Sites that a request names. */
function namedSites({ params, query, body }: FastifyRequest): string[] {
  return [params, query, body].flatMap((part) => {
    const { site } = (part ?? {}) as { site?: unknown };
    return typeof site === 'string' ? [site] : [];
  });
}

/** The site of what a request names by its id; null: it names nothing so, or nothing that exists. */
function subjectSite(request: FastifyRequest, { store, plans }: SiteScopeParts): string | null {
  const path = request.routeOptions.url ?? '';
  const { id } = { ...(request.body as object | undefined), ...(request.params as object) } as { id?: unknown };
  if (typeof id !== 'string') return null;
  if (path.startsWith('/api/v1/alerts/')) return store.alert(id)?.site ?? null;
  if (path.startsWith('/api/v1/evidence/')) return store.evidence(id)?.site ?? null;
  if (path.startsWith('/api/v1/suppressions/'))
    return store.suppressions('open', 1000).find((s) => s.id === id)?.site ?? null;
  if (path.startsWith('/api/v1/work-orders/')) return store.workOrders.get(id)?.site ?? null;
  if (path.startsWith('/api/v1/plan/alerts/')) return plans.alert(id)?.site ?? null;
  if (path.startsWith('/api/v1/plan/decisions/')) return plans.decisions.decision(id)?.site ?? null;
  if (path.startsWith('/api/v1/plan/overrides/')) return plans.decisions.forecastOverride(id)?.site ?? null;
  return null;
}

/**
 * The site that something is asked of which is of one site or of all: the one that is named, or the identity's only one.
 * @returns why there is none, where the identity has several and names none.
 */
export function oneSite(identity: Identity | null, named: string | undefined): { site?: string } | { refusal: string } {
  const own = identity?.sites ?? null;
  if (own !== null && own.length > 1 && named === undefined) return { refusal: `site: one of ${own.join(', ')}` };
  return { site: named ?? own?.[0] };
}

/**
 * A page of what is listed by site, the newest first: of one site where the request names it, else of all that the identity
 * may see.
 */
export function newestOf<T>(
  list: (site?: string) => T[],
  identity: Identity | null,
  site: string | undefined,
  limit: number,
  timeOf: (element: T) => number,
): T[] {
  const sites = identity?.sites ?? null;
  if (site !== undefined || sites === null) return list(site);
  const all = sites.flatMap((own) => list(own));
  return all.sort((a, b) => timeOf(b) - timeOf(a)).slice(0, limit);
}

const FOREIGN = Symbol('of another site');

/**
 * A value without what belongs to other sites: elements of arrays that name another one are left out. Null where the value
 * itself, or an object in it, names another one. Pure.
 */
export function limitedTo<T>(value: T, sites: readonly string[]): T | null {
  const limited = limit(value, sites);
  return limited === FOREIGN ? null : (limited as T);
}

function limit(value: unknown, sites: readonly string[]): unknown {
  if (Array.isArray(value))
    return value.map((element) => limit(element, sites)).filter((element) => element !== FOREIGN);
  if (typeof value !== 'object' || value === null) return value;
  if ('site' in value) return typeof value.site === 'string' && sites.includes(value.site) ? value : FOREIGN;
  const fields = Object.entries(value).map(([name, field]) => [name, limit(field, sites)] as const);
  return fields.some(([, field]) => field === FOREIGN) ? FOREIGN : Object.fromEntries(fields);
}
