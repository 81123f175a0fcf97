/** The default user name of an edge. */
export function edgeUsername({ site, edge, username }: { site: string; edge: string; username?: string }): string {
  return username ?? `${site}.${edge}`;
}
