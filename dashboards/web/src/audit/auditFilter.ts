/** A search in the audit log: substrings, and calendar days in the reader's time zone. */
export interface AuditSearch {
  who: string;
  what: string;
  subject: string;
  /** The first and the last day, such as 2026-11-28; empty: open. */
  from: string;
  to: string;
}

const FIELDS = ['who', 'what', 'subject', 'from', 'to'] as const satisfies readonly (keyof AuditSearch)[];

/** The search in an address such as `#/audit?who=Ann`. */
export function searchIn(hash: string): AuditSearch {
  const query = new URLSearchParams(hash.split('?')[1] ?? '');
  const field = (name: keyof AuditSearch) => query.get(name) ?? '';
  return {
    who: field('who'),
    what: field('what'),
    subject: field('subject'),
    from: field('from'),
    to: field('to'),
  };
}

/** The address of a search, for a bookmark or a link. */
export function addressOf(search: AuditSearch): string {
  const query = new URLSearchParams(FIELDS.flatMap((name) => (search[name] === '' ? [] : [[name, search[name]]])));
  return query.size === 0 ? '#/audit' : `#/audit?${query}`;
}

/** The request for a search; the last day is included. */
export function requestOf({ who, what, subject, from, to }: AuditSearch): Record<string, string | number | undefined> {
  const dayMs = (text: string, after: number) => {
    const [year, month, date] = text.split('-').map(Number);
    const ms = new Date(year, month - 1, date + after).getTime();
    return text === '' || Number.isNaN(ms) ? undefined : ms;
  };
  // Actions are shown with blanks for the underscores of their codes.
  return { who, what: what.trim().replaceAll(' ', '_'), subject, fromMs: dayMs(from, 0), toMs: dayMs(to, 1) };
}

/** The details of an entry, one line per value; they may be text or JSON. */
export function detailLines(detail: string | null): string[] {
  if (detail === null) return [];
  let value: unknown;
  try {
    value = JSON.parse(detail);
  } catch {
    return [detail];
  }
  if (typeof value !== 'object' || value === null) return [detail];
  return Object.entries(value).flatMap(([key, own]) =>
    key === 'action' ? [] : [`${key}: ${typeof own === 'object' ? JSON.stringify(own) : own}`],
  );
}
