/** The audit log. */
export const audit = {
  Audit: 'Protokoll',
  'Audit log': 'Prüfprotokoll',
  'Every action of a person, a token or an edge, newest first. Entries cannot be changed or removed.':
    'Jede Handlung einer Person, eines Tokens oder eines Edge-Geräts, die neueste zuerst. Einträge lassen sich weder ändern noch löschen.',
  Number: 'Nummer',
  Time: 'Zeit',
  Who: 'Wer',
  Action: 'Handlung',
  Subject: 'Gegenstand',
  Details: 'Einzelheiten',
  Until: 'Bis',
  Search: 'Suchen',
  'No matching entries.': 'Keine passenden Einträge.',
  'Older entries': 'Ältere Einträge',
  'Verify the log': 'Protokoll prüfen',
  'Verifying …': 'Wird geprüft …',
  '{{count}} faults in {{entries}} entries:_one': '{{count}} Fehler in {{entries}} Einträgen:',
  '{{count}} faults in {{entries}} entries:_other': '{{count}} Fehler in {{entries}} Einträgen:',
  '{{count}} entries, unchanged_one': '{{count}} Eintrag, unverändert',
  '{{count}} entries, unchanged_other': '{{count}} Einträge, unverändert',
  'Head, to be noted elsewhere for': 'Kopf, andernorts zu notieren für',
};
