export const roles = ['metrics', 'viewer', 'operator', 'planner', 'engineer', 'administrator'] as const;
export type Role = (typeof roles)[number];

/** Who may do what beside the administrator, who may do all: the first rule that fits decides. */
const RULES: readonly { method: string; path: RegExp; may: readonly Role[] }[] = [
  { method: 'GET', path: /^\/metrics$/, may: ['metrics', 'viewer', 'operator', 'planner', 'engineer'] },
  { method: 'GET', path: /^\/(api\/v1\/|openapi\.json$)/, may: ['viewer', 'operator', 'planner', 'engineer'] },
  { method: 'POST', path: /^\/api\/v1\/(alerts\/|suppressions)/, may: ['operator', 'engineer'] },
  { method: 'POST', path: /^\/api\/v1\/plan\/alerts\//, may: ['operator', 'planner', 'engineer'] },
  { method: 'POST', path: /^\/api\/v1\/(supply\/|plan\/)/, may: ['planner', 'engineer'] },
  {
    method: 'POST',
    path: /^\/api\/v1\/(edges\/|models|rollouts|notifications\/|notification-channels\/)/,
    may: ['engineer'],
  },
];

/** Whether a role may make a request. A route without a rule is the administrator's alone. Pure. */
export function isAllowed(role: Role, method: string, url: string): boolean {
  if (role === 'administrator') return true;
  const [path] = url.split('?');
  const asked = method === 'HEAD' ? 'GET' : method;
  return RULES.find((rule) => rule.method === asked && rule.path.test(path))?.may.includes(role) ?? false;
}
