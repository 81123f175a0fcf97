/** An item at a site, as one text. */
export const placeKey = ({ item, site }: { item: string; site: string }): string => `${item}\t${site}`;
