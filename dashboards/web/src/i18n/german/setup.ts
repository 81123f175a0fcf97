/** Set-up of edges. */
export const setup = {
  'Set-up': 'Einrichtung',
  'Connect an edge': 'Edge-Gerät anbinden',
  'On a computer beside the machines that reaches this gateway’s broker, install Millwright.':
    'Millwright auf einem Rechner bei den Maschinen installieren, der den Broker dieses Gateways erreicht.',
  'Give the edge its broker account:': 'Dem Edge-Gerät sein Broker-Konto geben:',
  'An administrator creates a one-time code here, or names the account in the gateway’s file.':
    'Ein Administrator erstellt hier einen Einmalcode oder trägt das Konto in die Datei des Gateways ein.',
  'Describe its machines in a browser. The page finds what brokers and OPC UA servers offer, shows live values before anything is stored, and starts the edge:':
    'Seine Maschinen im Browser beschreiben. Die Seite findet, was Broker und OPC-UA-Server anbieten, zeigt Werte live, bevor etwas gespeichert wird, und startet das Edge-Gerät:',
  'The edge appears above, and its machines under Machines, within a minute.':
    'Innerhalb einer Minute erscheint das Edge-Gerät oben, und seine Maschinen unter Maschinen.',
  'People and services': 'Personen und Dienste',
  'Accounts and tokens': 'Konten und Tokens',
  'This gateway has no accounts: add api.accounts to its file, so that people sign in under their own names.':
    'Dieses Gateway hat keine Konten: Mit api.accounts in seiner Datei meldet sich jede Person unter eigenem Namen an.',
  'Edges ({{count}})': 'Edge-Geräte ({{count}})',
  'No edge has reported yet.': 'Noch hat sich kein Edge-Gerät gemeldet.',
  Edges: 'Edge-Geräte',
  Edge: 'Edge-Gerät',
  Version: 'Version',
  'Last change': 'Letzte Änderung',
  connected: 'verbunden',
  disconnected: 'nicht verbunden',
  'The account of {{edge}} is revoked.': 'Das Konto von {{edge}} ist widerrufen.',
  'Enrolled edges': 'Angemeldete Edge-Geräte',
  Receives: 'Empfängt',
  Revoke: 'Widerrufen',
  'not enrolled yet': 'noch nicht angemeldet',
  'enrolled {{time}}': 'angemeldet {{time}}',
  'code until {{time}}': 'Code bis {{time}}',
  'Run this on the edge’s computer. The code is valid once, until {{time}}, and shown only now.':
    'Auf dem Rechner des Edge-Geräts ausführen. Der Code gilt einmal, bis {{time}}, und wird nur jetzt angezeigt.',
  'Topics of its machines, such as plant/#': 'Topics seiner Maschinen, zum Beispiel plant/#',
  'Create a one-time code': 'Einmalcode erstellen',
  'Connect the first edge: set-up': 'Das erste Edge-Gerät anbinden: Einrichtung',
};
