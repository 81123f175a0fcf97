import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Identity } from '../identity/identity.ts';
import { type AreaOf, areaIn, isAmong, type OfMachine, siteOf } from '../identity/places.ts';
import type { PlanStore } from '../planning/planStore.ts';
import type { Store } from '../store/store.ts';

export interface SiteScopeParts {
  store: Store;
  plans: PlanStore;
}

/**
 * Limits the responses to a site- or area-restricted identity to its places. Sites, machines, alerts, recordings and
 * orders of other places get the same 404 as unknown ones, and responses omit their data.
 */
export function limitToSites(app: FastifyInstance, parts: SiteScopeParts): void {
  const areaOf: AreaOf = (machine) => parts.store.areaOf(machine);
  app.addHook('preValidation', async (request, reply) => {
    const places = request.identity?.sites ?? null;
    if (places === null) return;
    const subject = subjectOf(request, parts);
    const isForeign =
      namedThings(request).some((named) => !isNamable(named, places, areaOf)) ||
      (subject !== null && !isAmong(places, subject, areaOf));
    if (isForeign) return reply.code(404).send({ error: 'not found among your sites' });
  });
  app.addHook('preSerialization', async (request, reply, payload) => {
    const sites = request.identity?.sites ?? null;
    // The API description has fields named `site`, but no data of a site.
    const isDescription = request.routeOptions.url === '/openapi.json';
    if (sites === null || reply.statusCode >= 400 || isDescription) return payload;
    const limited = restrictToSites(payload, sites, areaOf);
    if (limited !== null || payload === null) return limited;
    // The route's schema only describes a found object.
    reply.code(404);
    return { error: 'not found among your sites' };
  });
}

/** Whether a request may name a machine, or a site that contains one of the places: responses are limited to those. */
function isNamable(named: Partial<OfMachine>, places: readonly string[], areaOf: AreaOf): boolean {
  if (named.edge !== undefined && named.asset !== undefined) return isAmong(places, named, areaOf);
  return places.some((place) => siteOf(place) === named.site);
}

/** Sites and machines that a request names. */
function namedThings({ params, query, body }: FastifyRequest): Partial<OfMachine>[] {
  return [params, query, body].flatMap((part) => {
    const named = machineIn((part ?? {}) as object);
    return named.site === undefined ? [] : [named];
  });
}

/** The machine that a value names. */
function machineIn(value: { site?: unknown; edge?: unknown; asset?: unknown }): Partial<OfMachine> {
  const text = (field: unknown) => (typeof field === 'string' ? field : undefined);
  return { site: text(value.site), edge: text(value.edge), asset: text(value.asset) };
}

/** The site or machine of the object that a request names by id; null if it names none, or an unknown one. */
function subjectOf(request: FastifyRequest, { store, plans }: SiteScopeParts): Partial<OfMachine> | null {
  const path = request.routeOptions.url ?? '';
  const { id } = { ...(request.body as object | undefined), ...(request.params as object) } as { id?: unknown };
  if (typeof id !== 'string') return null;
  if (path.startsWith('/api/v1/alerts/')) return store.alert(id);
  if (path.startsWith('/api/v1/evidence/')) return store.evidence(id);
  if (path.startsWith('/api/v1/suppressions/'))
    return store.suppressions('open', 1000).find((s) => s.id === id) ?? null;
  if (path.startsWith('/api/v1/work-orders/')) return store.workOrders.get(id);
  if (path.startsWith('/api/v1/plan/alerts/')) return plans.alert(id);
  if (path.startsWith('/api/v1/plan/decisions/')) return plans.decisions.decision(id);
  if (path.startsWith('/api/v1/plan/overrides/')) return plans.decisions.forecastOverride(id);
  return null;
}

/**
 * Resolves the site for a resource that belongs to one site or all: the named site, or the identity's only one.
 * @returns a refusal if the identity has several sites and the request names none.
 */
export function resolveSite(
  identity: Identity | null,
  named: string | undefined,
): { site?: string } | { refusal: string } {
  const own = identity?.sites ?? null;
  if (own !== null && own.length > 1 && named === undefined) return { refusal: `site: one of ${own.join(', ')}` };
  return { site: named ?? own?.[0] };
}

/**
 * A page of objects by site or machine, newest first: of the site that the request names, else of all that the identity
 * may see.
 * @param list objects of a site or machine, up to the limit; undefined: of all.
 */
export function listNewest<T>(
  list: (site?: string, machine?: OfMachine) => T[],
  identity: Identity | null,
  site: string | undefined,
  limit: number,
  timeOf: (element: T) => number,
  machinesOf: (site: string, area: string) => OfMachine[] = () => [],
): T[] {
  const places = identity?.sites ?? null;
  if (places === null) return list(site);
  if (site !== undefined && places.includes(site)) return list(site);
  const all = places.flatMap((place) => {
    const [own, area] = [siteOf(place), areaIn(place)];
    if (site !== undefined && own !== site) return [];
    // The area is already covered by its whole site.
    if (area !== undefined && places.includes(own)) return [];
    return area === undefined ? list(own) : machinesOf(own, area).flatMap((machine) => list(own, machine));
  });
  return all.sort((a, b) => timeOf(b) - timeOf(a)).slice(0, limit);
}

const FOREIGN = Symbol('of another site');

/**
 * Removes the data of other sites from a value: array elements that name another site are omitted. Null if the value
 * itself, or an object in it, names another site. Pure.
 */
export function restrictToSites<T>(value: T, sites: readonly string[], areaOf: AreaOf): T | null {
  const limited = limit(value, sites, areaOf);
  return limited === FOREIGN ? null : (limited as T);
}

function limit(value: unknown, sites: readonly string[], areaOf: AreaOf): unknown {
  if (Array.isArray(value))
    return value.map((element) => limit(element, sites, areaOf)).filter((element) => element !== FOREIGN);
  if (typeof value !== 'object' || value === null) return value;
  if ('site' in value) {
    if (!isAmong(sites, machineIn(value), areaOf)) return FOREIGN;
    // The case id can name a machine of another area, where the case began.
    return 'case' in value && !sites.includes(value.site as string) ? { ...value, case: undefined } : value;
  }
  const fields = Object.entries(value).map(([name, field]) => [name, limit(field, sites, areaOf)] as const);
  return fields.some(([, field]) => field === FOREIGN) ? FOREIGN : Object.fromEntries(fields);
}
