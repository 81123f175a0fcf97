/** Which alerts the list shows. */
export interface AlertSearch {
  state: 'active' | 'all';
  /** Empty: all. */
  severity: '' | 'critical' | 'warning';
  site: string;
  /** The id of a machine. */
  asset: string;
}

/** The search in an address such as `#/alerts?severity=critical`; unknown values are dropped. */
export function alertSearchIn(hash: string): AlertSearch {
  const query = new URLSearchParams(hash.split('?')[1] ?? '');
  const severity = query.get('severity');
  return {
    state: query.get('state') === 'all' ? 'all' : 'active',
    severity: severity === 'critical' || severity === 'warning' ? severity : '',
    site: query.get('site') ?? '',
    asset: query.get('asset') ?? '',
  };
}

/** The address of a search, for a bookmark or a link. */
export function alertAddressOf({ state, ...rest }: AlertSearch): string {
  const set = Object.entries(rest).filter(([, value]) => value !== '');
  const query = new URLSearchParams([...(state === 'all' ? [['state', state]] : []), ...set]);
  return query.size === 0 ? '#/alerts' : `#/alerts?${query}`;
}

/** The action of a key in the list of alerts. */
export type ListKey = 'next' | 'previous' | 'select' | 'selectAll' | 'clear';

/** Pure. The keys of mail programs: j and k move, x selects, a selects all, Escape clears. */
export function listKeyOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): ListKey | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const keys: Record<string, ListKey> = { j: 'next', k: 'previous', x: 'select', a: 'selectAll', Escape: 'clear' };
  return Object.hasOwn(keys, event.key) ? keys[event.key] : null;
}
