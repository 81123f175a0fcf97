/** Key of an item at a site. */
export const placeKey = ({ item, site }: { item: string; site: string }): string => `${item}\t${site}`;
