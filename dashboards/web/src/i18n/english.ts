/** English texts that depend on a number; all others are their own keys. */
export const english: Record<string, string> = {
  '{{count}} days_one': '{{count}} day',
  '{{count}} days{{supplier}}{{assumed}}_one': '{{count}} day{{supplier}}{{assumed}}',
};
