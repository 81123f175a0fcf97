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
 * Limits what an identity of some sites or areas is answered to those. A site or a machine that it names, and an alert, a
 * recording or an order of another one, is as unknown to it as one that does not exist; answers lose what belongs to others.
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
    // The description of the API names fields such as `site`, and no site.
    const isDescription = request.routeOptions.url === '/openapi.json';
    if (sites === null || reply.statusCode >= 400 || isDescription) return payload;
    const limited = restrictToSites(payload, sites, areaOf);
    if (limited !== null || payload === null) return limited;
    // The route's schema only describes a found object.
    reply.code(404);
    return { error: 'not found among your sites' };
  });
}

/** Whether a request may name a machine, or a site that some of the places are in: answers have no more than those. */
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

/** What a value says of a machine. */
function machineIn(value: { site?: unknown; edge?: unknown; asset?: unknown }): Partial<OfMachine> {
  const text = (field: unknown) => (typeof field === 'string' ? field : undefined);
  return { site: text(value.site), edge: text(value.edge), asset: text(value.asset) };
}

/** Where that is which a request names by its id; null: it names nothing so, or nothing that exists. */
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
 * A page of what is listed by site or machine, the newest first: of one site where the request names it, else of all that
 * the identity may see.
 * @param list what there is of a site, or of one machine, up to the limit; undefined: of all.
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
    // An area of a site that is seen as a whole has nothing more.
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
    // A case may have begun at a machine of another area, which its id names.
    return 'case' in value && !sites.includes(value.site as string) ? { ...value, case: undefined } : value;
  }
  const fields = Object.entries(value).map(([name, field]) => [name, limit(field, sites, areaOf)] as const);
  return fields.some(([, field]) => field === FOREIGN) ? FOREIGN : Object.fromEntries(fields);
}
