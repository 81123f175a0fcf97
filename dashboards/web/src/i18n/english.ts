/** English texts that depend on a number; all others are their own keys. */
export const english: Record<string, string> = {
  '{{count}} days_one': '{{count}} day',
  '{{count}} machines, {{failures}} recorded failures. Actual alerts with a finding: {{confirmed}} confirmed, {{falseAlarms}} false, {{nothingFound}} with nothing found._one':
    '{{count}} machine, {{failures}} recorded failures. Actual alerts with a finding: {{confirmed}} confirmed, {{falseAlarms}} false, {{nothingFound}} with nothing found.',
  '{{count}} faults in {{entries}} entries:_one': '{{count}} fault in {{entries}} entries:',
  '{{count}} entries, unchanged_one': '{{count}} entry, unchanged',
  '{{count}} days{{supplier}}{{assumed}}_one': '{{count}} day{{supplier}}{{assumed}}',
};
