/** What an edge signs in with where no other name is configured. */
export function edgeUsername({ site, edge, username }: { site: string; edge: string; username?: string }): string {
  return username ?? `${site}.${edge}`;
}
