/** A machine, as far as it is known. */
export interface OfMachine {
  site: string;
  edge: string;
  asset: string;
}

/** Area of a machine; undefined if it has none, or the machine is unknown. */
export type AreaOf = (machine: OfMachine) => string | undefined;

/** The site of a place; a place is a site or an area of it: `north/press shop`. */
export const siteOf = (place: string): string => place.split('/', 1)[0];

/** The area of a place; undefined for a whole site. */
export function areaIn(place: string): string | undefined {
  const at = place.indexOf('/');
  return at < 0 ? undefined : place.slice(at + 1);
}

/** Whether an identity is limited to areas: it sees no site as a whole. Pure. */
export const isLimitedToAreas = (places: readonly string[] | null): boolean =>
  places?.some((place) => areaIn(place) !== undefined) ?? false;

/** Whether something is in one of the places. Things of a site that belong to no machine are in no area. Pure. */
export function isAmong(places: readonly string[], thing: Partial<OfMachine>, areaOf: AreaOf): boolean {
  const { site, edge, asset } = thing;
  if (site === undefined) return false;
  if (places.includes(site)) return true;
  if (edge === undefined || asset === undefined || !places.some((place) => siteOf(place) === site)) return false;
  const area = areaOf({ site, edge, asset });
  return area !== undefined && places.includes(`${site}/${area}`);
}
