import { type Permission, permissions, type Role } from '#models/contracts/identity.ts';
import type { Identity } from '../identity/identity.ts';
import { isLimitedToAreas } from '../identity/places.ts';

const READERS: readonly Role[] = ['viewer', 'operator', 'planner', 'engineer'];

interface Rule {
  methods: readonly string[];
  path: RegExp;
  /** Allowed roles; administrators may always do everything. */
  may: readonly Role[];
  /** Whether a site-restricted identity may make the request; the response then covers only its sites. */
  bySite: boolean;
}

/** Access rules: the first match decides, and a route without a rule is for administrators only. */
const RULES: readonly Rule[] = [
  { methods: ['GET'], path: /^\/metrics$/, may: ['metrics', ...READERS], bySite: false },
  { methods: ['GET'], path: /^\/openapi\.json$/, may: READERS, bySite: true },
  { methods: ['GET', 'POST', 'DELETE'], path: /^\/api\/v1\/(session|tokens)(\/|$)/, may: READERS, bySite: true },
  {
    methods: ['GET', 'POST', 'PUT', 'DELETE'],
    path: /^\/api\/v1\/(accounts|enrolments)(\/|$)/,
    may: [],
    bySite: false,
  },
  {
    methods: ['GET'],
    path: /^\/api\/v1\/(audit|notification|track-record|supply(\/|$)|plan\.|plan\/levels|plan\/scenarios|forecast\.csv)/,
    may: READERS,
    bySite: false,
  },
  { methods: ['GET'], path: /^\/api\/v1\//, may: READERS, bySite: true },
  { methods: ['POST'], path: /^\/api\/v1\/(alerts\/|suppressions)/, may: ['operator', 'engineer'], bySite: true },
  // The approval policy decides who may approve an order, and refuses others.
  { methods: ['POST'], path: /^\/api\/v1\/work-orders\//, may: ['operator', 'planner', 'engineer'], bySite: true },
  { methods: ['POST'], path: /^\/api\/v1\/plan\/alerts\//, may: ['operator', 'planner', 'engineer'], bySite: true },
  {
    methods: ['POST'],
    path: /^\/api\/v1\/plan\/(what-if$|decisions|overrides)/,
    may: ['planner', 'engineer'],
    bySite: true,
  },
  { methods: ['POST'], path: /^\/api\/v1\/(supply\/|plan\/)/, may: ['planner', 'engineer'], bySite: false },
  { methods: ['POST'], path: /^\/api\/v1\/edges\//, may: ['engineer'], bySite: true },
  {
    methods: ['POST'],
    path: /^\/api\/v1\/(models|rollouts|notifications\/|notification-channels\/)/,
    may: ['engineer'],
    bySite: false,
  },
];

/** Routes about single machines: the only ones open to an identity limited to areas. */
const BY_AREA =
  /^GET (\/openapi\.json|\/api\/v1\/(session|tokens|machines|events|series|spectra\/.+|ledger|evidence(\/.+)?|alerts(\/.+)?|work-orders|plan\/alerts))$|^POST \/api\/v1\/(session\/password|tokens|alerts\/.+|work-orders\/.+)$|^DELETE \/api\/v1\/(session|tokens\/.+)$/;

/** The reason for refusing an identity's request; null if it is allowed. Pure. */
export function checkAccess(
  { role, sites }: Pick<Identity, 'role' | 'sites'>,
  method: string,
  url: string,
): string | null {
  const [path] = url.split('?');
  const allowed = method === 'HEAD' ? 'GET' : method;
  const rule = RULES.find((r) => r.methods.includes(allowed) && r.path.test(path));
  if (role !== 'administrator' && !rule?.may.includes(role)) return `the role ${role} may not do this`;
  if (sites !== null && !rule?.bySite)
    return 'this concerns every site: it needs an account that is not limited to sites';
  if (isLimitedToAreas(sites) && !BY_AREA.test(`${allowed} ${path}`))
    return 'this concerns whole sites: it needs an account that is not limited to areas';
  return null;
}

/** One sample request for each group of actions. */
const EXAMPLES: Record<Permission, readonly [method: string, url: string]> = {
  alerts: ['POST', '/api/v1/alerts/a/acknowledge'],
  planAlerts: ['POST', '/api/v1/plan/alerts/acknowledge'],
  decisions: ['POST', '/api/v1/plan/decisions'],
  planning: ['POST', '/api/v1/plan/run'],
  edges: ['POST', '/api/v1/edges/a/b/commands'],
  models: ['POST', '/api/v1/models'],
  notifications: ['POST', '/api/v1/notifications/a-1/resend'],
  workOrders: ['POST', '/api/v1/work-orders/1/approve'],
  accounts: ['GET', '/api/v1/accounts'],
  tokens: ['POST', '/api/v1/tokens'],
  audit: ['GET', '/api/v1/audit'],
};

/** An identity's permissions, so that the page can hide the rest. Pure. */
export function permissionsOf(identity: Pick<Identity, 'role' | 'sites'>): Permission[] {
  return permissions.filter((permission) => checkAccess(identity, ...EXAMPLES[permission]) === null);
}
