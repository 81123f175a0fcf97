/** Explanations of numbers, the tour, the wall display and the parts of the page. */
export const help = {
  'What is “{{name}}”?': 'Was ist „{{name}}“?',
  'What the features mean': 'Was die Kennwerte bedeuten',
  'What the columns mean': 'Was die Spalten bedeuten',
  Formula: 'Formel',
  Source: 'Quelle',
  'none: a ratio': 'keine: ein Verhältnis',
  'that of the sensor': 'die des Sensors',
  'docs/guides/edge.md, baselines': 'docs/guides/edge.md, Baselines',
  'docs/guides/edge.md, features': 'docs/guides/edge.md, Features',
  'docs/guides/planning.md': 'docs/guides/planning.md',
  'Amplitude of the envelope at the rate at which rolling elements meet a defect of this part. It rises early, often before the total vibration does.':
    'Amplitude der Hüllkurve bei der Rate, mit der Wälzkörper auf einen Schaden dieses Teils treffen. Sie steigt früh, oft vor der gesamten Schwingung.',
  'bearing geometry; docs/guides/edge.md, features': 'Lagergeometrie; docs/guides/edge.md, Features',
  'amplitude of the spectrum at this multiple of the shaft speed':
    'Amplitude des Spektrums bei diesem Vielfachen der Drehfrequenz',
  'How far a machine has moved from its own normal. At 1 an alert is raised once the change persists.':
    'Wie weit sich eine Maschine von ihrem eigenen Normalzustand entfernt hat. Bei 1 entsteht ein Alarm, sobald die Änderung anhält.',
  'multiples of the alert limit': 'Vielfache der Alarmgrenze',
  'largest of the points; of a vibration point, the mean log-ratio of RMS and high bands to their baseline over the log of the ratio limit, smoothed':
    'größter der Messstellen; bei Schwingung das mittlere logarithmierte Verhältnis von Effektivwert und hohen Bändern zu ihrem Normalzustand, geteilt durch den Logarithmus der Verhältnisgrenze, geglättet',
  'When the health index reaches 1 if its present trend continues. It is not the end of life.':
    'Wann der Zustandsindex 1 erreicht, wenn sein jetziger Trend anhält. Das ist nicht das Lebensende.',
  'time, with a 90 % interval': 'Zeit mit 90-%-Intervall',
  'straight line through the logarithm of the index; the interval is where its 90 % band crosses the limit':
    'Gerade durch den Logarithmus des Index; das Intervall liegt dort, wo ihr 90-%-Band die Grenze schneidet',
  'Fieller’s theorem; docs/guides/edge.md, alerts': 'Satz von Fieller; docs/guides/edge.md, Alerts',
  'When a configured end of life is reached. Without one it is not given.':
    'Wann ein eingerichtetes Lebensende erreicht wird. Ohne dieses gibt es keine Angabe.',
  'as for the alert limit, up to endOfLife of the machine; or a learned model of remaining life':
    'wie bei der Alarmgrenze, bis zu endOfLife der Maschine; oder ein gelerntes Modell der Restlebensdauer',
  'docs/guides/edge.md, alerts; docs/guides/models.md': 'docs/guides/edge.md, Alerts; docs/guides/models.md',
  'A: new machines. B: fit for long-term operation. C: not fit for it, plan a repair. D: may be damaged by its vibration.':
    'A: neue Maschinen. B: für Dauerbetrieb geeignet. C: dafür nicht geeignet, Reparatur planen. D: die Schwingung kann die Maschine beschädigen.',
  'mm/s RMS, 10–1000 Hz': 'mm/s eff., 10–1000 Hz',
  'largest velocity of the machine’s points, against the limits of its group and foundation':
    'größte Schwinggeschwindigkeit der Messstellen, gegen die Grenzen von Gruppe und Aufstellung',
  'ISO 20816-3': 'ISO 20816-3',
  'ISO 20816-1': 'ISO 20816-1',
  'Overall vibration: unbalance, misalignment and looseness raise it. Bearing defects do so late.':
    'Gesamte Schwingung: Unwucht, Fluchtungsfehler und Lockerung erhöhen sie, Lagerschäden erst spät.',
  'mm/s RMS': 'mm/s eff.',
  'acceleration spectrum divided by 2πf, summed as power from 10 to 1000 Hz':
    'Beschleunigungsspektrum geteilt durch 2πf, als Leistung von 10 bis 1000 Hz summiert',
  'Overall level of the signal as the sensor measures it.': 'Gesamtpegel des Signals, wie der Sensor es misst.',
  'root of the mean of squares, without the mean': 'Wurzel des quadratischen Mittels ohne Mittelwert',
  'How far peaks stand above the level. Single impacts raise it; it falls again as damage spreads.':
    'Wie weit Spitzen über dem Pegel liegen. Einzelne Stöße erhöhen ihn; breitet sich der Schaden aus, sinkt er wieder.',
  'peak over RMS; a sine has 1.41': 'Spitze durch Effektivwert; ein Sinus hat 1,41',
  'How impulsive a signal is: about 3 for a healthy bearing, more with impacts.':
    'Wie stoßhaltig ein Signal ist: etwa 3 bei einem gesunden Lager, mehr bei Stößen.',
  'fourth central moment over the square of the variance; a sine has 1.5, noise 3':
    'viertes zentrales Moment durch das Quadrat der Varianz; ein Sinus hat 1,5, Rauschen 3',
  'Level of what modulates the high frequencies, where impacts ring.':
    'Pegel dessen, was die hohen Frequenzen moduliert, in denen Stöße nachklingen.',
  'RMS of the envelope of the band from 0.16 to 0.62 of Nyquist':
    'Effektivwert der Hüllkurve des Bandes von 0,16 bis 0,62 der Nyquist-Frequenz',
  'N/2 · (1 − d/D · cos α) × shaft speed': 'N/2 · (1 − d/D · cos α) × Drehfrequenz',
  'N/2 · (1 + d/D · cos α) × shaft speed': 'N/2 · (1 + d/D · cos α) × Drehfrequenz',
  'D/d · (1 − (d/D · cos α)²) × shaft speed': 'D/d · (1 − (d/D · cos α)²) × Drehfrequenz',
  '1/2 · (1 − d/D · cos α) × shaft speed': '1/2 · (1 − d/D · cos α) × Drehfrequenz',
  'Unbalance, and a bent shaft. It grows with the square of the speed.':
    'Unwucht und verbogene Welle. Sie wächst mit dem Quadrat der Drehzahl.',
  'Misalignment, and a cracked or bent shaft.': 'Fluchtungsfehler sowie gerissene oder verbogene Welle.',
  'Chance that the stock runs out before an order placed today would arrive.':
    'Wahrscheinlichkeit, dass der Bestand ausgeht, bevor eine heutige Bestellung eintrifft.',
  probability: 'Wahrscheinlichkeit',
  'chance that demand over lead time and review exceeds stock and open orders':
    'Wahrscheinlichkeit, dass der Bedarf über Lieferzeit und Prüfintervall Bestand und offene Bestellungen übersteigt',
  'Mean of the forecast over lead time and review, with the parts that failing machines need.':
    'Mittel der Prognose über Lieferzeit und Prüfintervall, mit den Teilen, die schadhafte Maschinen brauchen.',
  'units of the item': 'Einheiten des Artikels',
  'forecast by history plus the chance that each machine needs the part':
    'Prognose aus der Vergangenheit plus die Wahrscheinlichkeit, dass jede Maschine das Teil braucht',
  'What to order today so that the target service is met. The sentence on the item’s page gives the reason.':
    'Was heute zu bestellen ist, damit das Serviceziel erreicht wird. Der Satz auf der Seite des Artikels nennt den Grund.',
  'order-up-to level less stock and open orders, if these are below the reorder point, in whole packs':
    'Bestellgrenze weniger Bestand und offene Bestellungen, wenn diese unter dem Bestellpunkt liegen, in ganzen Packungen',
  'What it is expected to cost to decide at the next review and not today. Orders are ranked by it.':
    'Was es voraussichtlich kostet, erst bei der nächsten Prüfung zu entscheiden. Danach sind Bestellungen geordnet.',
  'currency of the plan': 'Währung des Plans',
  'expected shortage without the order less that with it, times the cost of a shortage':
    'erwartete Fehlmenge ohne die Bestellung weniger der mit ihr, mal Kosten einer Fehlmenge',
  'Show {{family}} in the spectrum': '{{family}} im Spektrum zeigen',
  'Page {{page}} of {{pages}}, the worst machines first': 'Seite {{page}} von {{pages}}, schlechteste Maschinen zuerst',
  'Leave the wall display': 'Großanzeige verlassen',
  'Wall display': 'Großanzeige',
  'Parts of the page': 'Bausteine der Seite',
  'Colours, as custom properties of style.css': 'Farben als Variablen in style.css',
  Status: 'Status',
  Form: 'Formular',
  Table: 'Tabelle',
  Chart: 'Diagramm',
  Close: 'Schließen',
  Tour: 'Rundgang',
  Back: 'Zurück',
  Next: 'Weiter',
  'End the tour': 'Rundgang beenden',
  '{{at}} of {{count}}': '{{at}} von {{count}}',
  'Machines stand worst first. A card says what is wrong, since when, and what it waits for.':
    'Die schlechtesten Maschinen stehen vorn. Eine Karte sagt, was fehlt, seit wann und worauf sie wartet.',
  'An alert names the defect. Evidence lists the spectral lines for and against it; acknowledge it below.':
    'Ein Alarm nennt den Schaden. Die Belege nennen die Spektrallinien dafür und dagegen; darunter wird er quittiert.',
  'Trends stand in real units with their limits. Compare a machine with its sister, or zoom by dragging.':
    'Trends stehen in echten Einheiten mit ihren Grenzen. Vergleichen Sie Schwestermaschinen, oder vergrößern Sie durch Ziehen.',
  'The signal behind an alert: spectra with the frequencies of its bearing by name, cursors, and the sound.':
    'Das Signal hinter einem Alarm: Spektren mit den Frequenzen seines Lagers, Cursor und der Klang.',
  'Which machine to visit first: ranked by the risk that an hour of work avoids.':
    'Welche Maschine zuerst: geordnet nach dem Risiko, das eine Arbeitsstunde vermeidet.',
  'The decisions that are due, and each part by its risk of running out. A failing machine raises demand.':
    'Die fälligen Entscheidungen und jedes Teil nach seinem Ausfallrisiko. Eine schadhafte Maschine erhöht den Bedarf.',
  'How the next edge is connected. The demo ends with Ctrl-C.':
    'So wird das nächste Edge angeschlossen. Die Vorführung endet mit Strg-C.',
};
