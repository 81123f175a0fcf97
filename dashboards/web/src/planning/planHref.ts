/** The page of an item at a site. */
export const planHref = ({ item, site }: { item: string; site: string }) =>
  `#/plan/item/${encodeURIComponent(item)}/${encodeURIComponent(site)}`;
